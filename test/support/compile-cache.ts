/** For programs that get no other variables: what Node has compiled once it need not compile again, which is a third of a start. */
export const compileCache: Readonly<Record<string, string>> = {
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
};
