/** How a host process is to run. */
export interface HostSettings {
  readonly kind: HostKind;
  /** Settings of the product, as in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it works on the queue, too, or only takes requests. */
  readonly receives: boolean;
  /** Whether it writes the product's log lines. They go to nowhere, at the cost of writing them. */
  readonly logs: boolean;
}

export type HostKind =
  /** The product's standalone host as it is started by whoever has a handler of their own. */
  | 'standalone'
  /** The parts of the same host, with its locks in a Map of the process. */
  | 'locks-in-memory'
  /** The parts of the same host, but every delivery is completed at once. */
  | 'no-lock'
  /** node:http and the bare SDK. */
  | 'bare';

/** A running host. */
export interface Host {
  readonly address: string;
  stop(): Promise<void>;
}
