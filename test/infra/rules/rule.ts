import type { Deployment, Resource } from '../deployment.ts';
import { read } from '../deployment.ts';

/** Something that every deployment of the template keeps. */
export interface Rule {
  readonly name: string;
  /** Where the deployment breaks it, a sentence each. */
  problems(deployment: Deployment): readonly string[];
}

/** A sentence for each member of `resource` that has another value. */
export function differing(resource: Resource, expected: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(expected).flatMap(([path, value]) => {
    const found = read(resource, path);
    if (Object.is(found, value)) return [];
    return [`${resource.name}: ${path} is ${JSON.stringify(found)}, but must be ${JSON.stringify(value)}.`];
  });
}

/** Calls `visit` with every text within `value`, and the member that it is in. */
export function eachText(value: unknown, visit: (text: string, member: string) => void, member = ''): void {
  if (typeof value === 'string') visit(value, member);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) eachText(inner, visit, Array.isArray(value) ? member : name);
}
