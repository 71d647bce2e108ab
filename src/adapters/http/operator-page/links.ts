import type { MessageIdentity } from '../../../domain/work-key.ts';

/** Where the page is below in a Function App. A host keeps `admin` to itself. */
export const operatePath = '/api/operate';

/** Addresses within the page, below wherever its host serves it. */
export class Links {
  readonly #base: string;
  readonly #kept: readonly (readonly [string, string])[];

  /** `kept` goes along with every address: which source is looked at, and the key by which a Functions host lets a browser in. */
  constructor(base: string, kept: Readonly<Record<string, string | undefined>>) {
    this.#base = base;
    this.#kept = Object.entries(kept).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  }

  to(path: string, parameters: Readonly<Record<string, string | undefined>> = {}): string {
    const given = Object.entries(parameters).filter((each): each is [string, string] => each[1] !== undefined);
    const query = new URLSearchParams(Object.fromEntries([...this.#kept, ...given])).toString();
    return `${this.#base}${path}${query === '' ? '' : `?${query}`}`;
  }

  /** What a form that asks by GET has to bring along. */
  get kept(): readonly (readonly [string, string])[] {
    return this.#kept;
  }

  message = ({ id, source }: MessageIdentity): string => this.to('/message', { id, source });
}
