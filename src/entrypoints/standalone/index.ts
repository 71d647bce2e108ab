/** A host of its own around a handler of your own, and the composition root for a host that is another's. */

export { createHttpApi, type HttpApi, type HttpApiOptions } from '../../adapters/http/http-api.ts';
export { type Config, ConfigError, readConfig } from '../composition/config.ts';
export { buildContainer, Token } from '../composition/container.ts';
export * from '../composition/handler-api.ts';
export { type StandaloneHost, startStandaloneHost } from './standalone-host.ts';
export { type HostOptions, startHost } from './start-host.ts';
