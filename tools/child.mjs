import { spawn } from 'node:child_process';

/** How a shell tells that a signal ended a program: 128 and its number. */
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/**
 * Runs a program to its end, on this terminal. Resolves to its exit status. A signal is passed on to it, and once the program
 * has ended this process ends too. On Windows the programs that npm installs are scripts of the shell.
 */
export function runChild(command, args) {
  const isShellScript = process.platform === 'win32' && command !== process.execPath;
  const child = spawn(command, args, { stdio: 'inherit', shell: isShellScript });
  let passedOn;
  const passOn = (signal) => {
    passedOn = signal;
    child.kill(signal);
  };
  for (const signal of Object.keys(signalNumbers)) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of Object.keys(signalNumbers)) process.off(name, passOn);
      const status = code ?? 128 + (signalNumbers[signal] ?? 9);
      if (passedOn !== undefined) process.exit(status === 0 ? 128 + signalNumbers[passedOn] : status);
      resolve(status);
    });
  });
}
