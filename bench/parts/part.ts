import type { Rounds } from '../guards/stage.ts';
import type { Table } from '../report/table.ts';

export interface PartOptions extends Rounds {
  /** Told what is going on. */
  readonly tell: (progress: string) => void;
}

/** What a part found: for people, and for the goals. */
export interface PartResult {
  readonly tables: readonly Table[];
  /** Figures by the name that a goal knows them by. */
  readonly figures: Readonly<Record<string, number>>;
}

/** One thing to measure, which starts and stops whatever it needs. */
export type Part = (options: PartOptions) => Promise<PartResult>;
