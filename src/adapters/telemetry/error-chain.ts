import { errorText } from '../../application/error-text.ts';
import { withoutSecrets } from '../../application/without-secrets.ts';

/** No more than ten errors are followed: a cause can lead back to where it came from. */
const mostLinks = 10;
const longestStack = 4000;

/** An error and its causes, from the outermost in, in one line. No secrets. */
export function errorChain(error: Error): string {
  return causesOf(error)
    .map((cause) => {
      const together = cause instanceof AggregateError ? ` [${cause.errors.map(errorText).join('; ')}]` : '';
      return errorText(cause) + together;
    })
    .join(' <- ');
}

/** Where an error and its causes were made, line by line; undefined if none of them has a stack. No secrets. */
export function stackOf(error: unknown): string | undefined {
  const stacks = causesOf(error).flatMap((cause) => {
    const stack = cause instanceof Error ? cause.stack : undefined;
    return typeof stack === 'string' ? [stack] : [];
  });
  return stacks.length === 0 ? undefined : withoutSecrets(stacks.join('\nCaused by: ').slice(0, longestStack));
}

function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause !== undefined && causes.length < mostLinks; ) {
    causes.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}
