/** A Function App around a handler of your own. */
export { ConfigError } from '../config.ts';
export * from '../handler-words.ts';
export { type FunctionsOptions, registerFunctions } from './register-functions.ts';
