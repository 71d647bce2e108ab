/** Where the emulator says what it cannot tell a client: a line for each, without its end. */
export type Log = (line: string) => void;

/** To the standard error output, whose reader knows what it is about by the name in front. */
export const stderrLog: Log = (line) => void process.stderr.write(`service-bus-emulator: ${line}\n`);
