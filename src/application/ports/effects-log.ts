/** Lines of evidence, kept beside the work: they show what really ran, and how often. They are not fenced. */
export interface EffectsLog {
  /**
   * Appends one line to the log `name`, exactly once, also when a request or its answer is lost on the way.
   *
   * @throws Error if it cannot be learnt in time whether the line is there.
   */
  append(name: string, line: string): Promise<void>;
}
