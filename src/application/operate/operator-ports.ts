import type { LockName } from '../../domain/lock-name.ts';
import type { MessageIdentity } from '../../domain/work-key.ts';
import type { LockPorts } from '../lock/owned-write.ts';
import type { Ids } from '../ports/ids.ts';
import type { LockSubject } from '../ports/lock-events.ts';

/** What a person's acts on locks need. */
export interface OperatorPorts extends LockPorts {
  readonly ids: Pick<Ids, 'newOwnerId'>;
  readonly lockNameOf: (message: MessageIdentity) => LockName;
  /** Who acts, as far as the tool can know. */
  readonly who: string;
  /** The machine and process that they act from. */
  readonly host: string;
}

/** The lock of a message, as events name it. */
export const subjectOf = (
  { lockNameOf }: Pick<OperatorPorts, 'lockNameOf'>,
  { id, source }: MessageIdentity,
): LockSubject => ({ messageId: id, source, lock: lockNameOf({ id, source }) });
