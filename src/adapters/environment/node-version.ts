/** The oldest Node that has all that is used of it. Source: "engines" in package.json. */
const oldest = { major: 22, minor: 18 };

/** Why this Node cannot run a host or a guard: a sentence, or nothing. */
export function nodeProblems(version: string): readonly string[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return [];
  return [`This is Node ${version}, but it must be ${oldest.major}.${oldest.minor} or later.`];
}
