import rhea from 'rhea';
import type { Reply, Request } from './request-link.ts';

/**
 * The `$cbs` node, where a client presents a token for each entity. Any token is good. Source: OASIS "AMQP Claims-based
 * Security Version 1.0", section 3.3; status `amqp:not-implemented` for anything but put-token.
 */
export function replyToCbsRequest({ operation }: Request): Reply {
  const isPutToken = operation === 'put-token';
  return {
    applicationProperties: {
      'status-code': rhea.types.wrap_int(isPutToken ? 202 : 501),
      'status-description': isPutToken ? 'Accepted' : 'Not Implemented',
    },
    body: undefined,
  };
}
