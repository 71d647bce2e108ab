import rhea from 'rhea';
import type { Reply, Request } from './request-link.ts';

/**
 * The `$cbs` node, where a client presents a token for each entity. Any token is good. Source: Microsoft documentation
 * "AMQP 1.0 protocol guide", section claims-based authorization.
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
