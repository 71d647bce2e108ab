import type { Entity } from '../broker/entity.ts';
import type { XmlElement } from './xml.ts';

/** What an administrator can set and read back, and nothing in the emulator depends on. */
export interface Details {
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** By name of the element. */
  readonly kept: ReadonlyMap<string, XmlElement>;
}

/** The members of descriptions that are kept as they were sent. */
const keptNames = new Set([
  'UserMetadata',
  'AutoDeleteOnIdle',
  'EnableBatchedOperations',
  'MaxSizeInMegabytes',
  'EnablePartitioning',
  'EnableExpress',
  'SupportOrdering',
  'AuthorizationRules',
  'EnableFilteringMessagesBeforePublishing',
]);

/** The details of each entity; an entity that no administrator has touched has been there since the start. */
export class DetailsOfEntities {
  readonly #startedAt = new Date();
  readonly #details = new WeakMap<Entity, Details>();

  of(entity: Entity): Details {
    return this.#details.get(entity) ?? { createdAt: this.#startedAt, updatedAt: this.#startedAt, kept: new Map() };
  }

  keep(entity: Entity, description: XmlElement): void {
    const now = new Date();
    const { createdAt } = this.#details.get(entity) ?? { createdAt: now };
    const kept = description.children
      .filter(({ name }) => keptNames.has(name))
      .map((each) => [each.name, each] as const);
    this.#details.set(entity, { createdAt, updatedAt: now, kept: new Map(kept) });
  }
}
