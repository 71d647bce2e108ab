/**
 * `name` as the name of a blob in the container at hand. A path segment `.` or `..` would be resolved in the URL, so that the
 * name could leave its container; a backslash would become a slash, so that two names would be one blob.
 *
 * @throws RangeError if it has one of them.
 */
export function blobName(name: string): string {
  if (name.includes('\\') || name.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new RangeError(`The name "${name}" is not safe for a blob: leave out backslashes and segments of dots.`);
  }
  return name;
}
