// Finds phrases that readers stumble over, in src, the emulator, the examples and every document: see CONTRIBUTING, "Plain words".
import { globSync, readFileSync } from 'node:fs';

/** Each with what to write instead. */
const phrases = [
  // "is no longer" and "is no more than" are English; "is no lock" is not.
  [
    /\b(?:is|are|was|were|be) no (?!longer\b|more\b|less\b|later\b|doubt\b)\w+/gi,
    '"is not a", "there is no", "has no"',
  ],
  [/\b(?:is|are|was|were|be) none\b/gi, '"is not one", "there is none"'],
  [/\b(?:does|do|did) not serve\b/gi, '"is unavailable", "does not answer"'],
  [/\b(?:is|are|was|were|be) (?:not )?to be reached\b/gi, '"can be reached", "cannot be reached"'],
  [/\bstands? in (?:it|them|the|a|its)\b/gi, '"is in", "contains"'],
  [/\blets? (?:\w+ ){0,6}pass by\b/gi, '"discards", "ignores"'],
  [/\b(?:they|messages|processes|instances|clocks|ways) part\b|\bparts from\b/gi, '"separate", "drift apart"'],
  [/\bdear\b/gi, '"expensive"'],
  [/\bworth while\b/gi, '"useful", "worth it"'],
  [/\bfor ever\b/gi, '"forever"'],
];

/** "There is no X" and "if there is none" say what they mean. */
const isPlain = (before) => /\b(?:there|here|where) $/i.test(before);

/** What lists the phrases, and what quotes another text. */
const files = globSync([
  'src/**/*.ts',
  'packages/*/src/**/*.ts',
  'examples/**/*.ts',
  '*.md',
  '{docs,examples,packages,infra}/**/*.md',
]).filter((path) => !path.includes('node_modules') && path !== 'CONTRIBUTING.md');

const found = [];
for (const file of files.sort()) {
  const text = readFileSync(file, 'utf8');
  for (const [phrase, instead] of phrases) {
    for (const { 0: words, index } of text.matchAll(phrase)) {
      if (isPlain(text.slice(0, index))) continue;
      found.push(`${file}:${text.slice(0, index).split('\n').length}: "${words}": write ${instead}`);
    }
  }
}
for (const line of found) console.error(line);
console.log(`${files.length} files, ${found.length} phrases that are not used here`);
process.exitCode = found.length > 0 || files.length < 100 ? 1 : 0;
