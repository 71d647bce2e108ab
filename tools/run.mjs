// Runs a program of this project: node tools/run.mjs [NAME=value ...] <file> [argument ...]
//
// The program runs in this very process, so that a signal to it reaches it. In "node a && node b" a shell stands between npm
// and b: it dies of the signal and leaves b alone, with its ports. Settings before the program work in every shell, too.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import './require-node.mjs';

const parent = process.ppid;
const given = process.argv.slice(2);
const isSetting = (argument) => /^[A-Za-z_]\w*=/.test(argument);
while (given.length > 0 && isSetting(given[0])) {
  const [setting] = given.splice(0, 1);
  const name = setting.slice(0, setting.indexOf('='));
  process.env[name] ??= setting.slice(name.length + 1);
}
const [program, ...programArguments] = given;
if (program === undefined) throw new Error('Which program? node tools/run.mjs [NAME=value ...] <file> [argument ...]');

// Started by npm, it ends with npm: a shell between the two can swallow a signal, and npm passes on only some.
if (process.env.npm_lifecycle_event !== undefined) endWith([parent, ...parentOfShell(parent)]);

process.argv = [process.execPath, resolve(program), ...programArguments];
await import(pathToFileURL(process.argv[1]).href);

/** The process that started the shell `pid`, if that is a shell that waits for this program; most replace themselves by it. */
function parentOfShell(pid) {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('tools/run.mjs')) return [];
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return [Number(/^PPid:\s*(\d+)/m.exec(status)[1])];
  } catch {
    return []; // not Linux
  }
}

/** Ends this process as SIGTERM would, once one of these is gone. */
function endWith(parents) {
  const timer = setInterval(() => {
    if (parents.every(isRunning)) return;
    clearInterval(timer);
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(143);
  }, 500).unref();
}

function isRunning(pid) {
  // A number can be another process's by now, but never that of a parent.
  if (pid === parent && process.platform !== 'win32') return process.ppid === pid;
  try {
    return process.kill(pid, 0);
  } catch ({ code }) {
    return code === 'EPERM';
  }
}
