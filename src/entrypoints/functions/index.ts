/** A Function App around a handler of your own. */
export { ConfigError } from '../composition/config.ts';
export * from '../composition/handler-api.ts';
export { type FunctionsOptions, registerFunctions } from './register-functions.ts';
