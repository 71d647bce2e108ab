/** A host of its own around a handler of your own, and the composition root for a host that is another's. */

export { createHttpApi, type HttpApi, type HttpApiOptions } from '../../adapters/http/http-api.ts';
export type { HttpOption, Source } from '../../adapters/service-bus/source.ts';
export { ConfigError } from '../../application/settings/config-error.ts';
export { type Config, readConfig } from '../composition/config.ts';
export { buildContainer, Token } from '../composition/container.ts';
export * from '../composition/handler-api.ts';
export type { OpenParts } from '../composition/lock-container.ts';
export { type StandaloneHost, startStandaloneHost } from './standalone-host.ts';
export { type HostOptions, type QueueHostOptions, type SourcesHostOptions, startHost } from './start-host.ts';
