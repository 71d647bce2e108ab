/** A host of its own around a handler of your own, and the composition root for a host that is another's. */
export { type Config, ConfigError, readConfig } from '../config.ts';
export { buildContainer, Token } from '../container.ts';
export * from '../handler-words.ts';
export { createHttpApi, type HttpApi, type HttpApiOptions } from '../http/http-api.ts';
export { type StandaloneHost, startStandaloneHost } from './standalone-host.ts';
export { type HostOptions, startHost } from './start-host.ts';
