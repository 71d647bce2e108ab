import type { Entity } from '../broker/entity.ts';
import { ForwardingError, type Namespace } from '../broker/namespace.ts';
import { createRule, type RuleOptions } from '../broker/rules/rule.ts';
import { RuleError } from '../broker/rules/sql/tokens.ts';
import { Subscription } from '../broker/subscription.ts';
import { Topic } from '../broker/topic.ts';
import { isEntityName, isInnerName } from '../config/names.ts';
import { type Entry, entryXml, errorXml, feedXml, schemaInstance, serviceBusNamespace } from './atom.ts';
import { DetailsOfEntities } from './details.ts';
import { describeQueue, describeTopic } from './entity-description.ts';
import { readQueueOptions, readSubscriptionOptions, readTopicOptions } from './entity-options.ts';
import { alreadyExists, notFound, Refusal } from './refusal.ts';
import { describeRule, readRule } from './rule-description.ts';
import { parseTarget, pathOf, type Target } from './target.ts';
import { childOf, readXml, type Xml, type XmlElement, xml } from './xml.ts';

export interface AdministrationRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** The host and port that the client has asked. */
  readonly host: string;
  /** Whether something that is there is to be changed, rather than something new made. */
  readonly isUpdate: boolean;
  readonly body: string;
}

export interface AdministrationAnswer {
  readonly status: number;
  readonly body: Xml | '';
}

/** The page that a client gets that asks for no other. Source: Microsoft, "Service Bus management REST API". */
const pageSize = 100;

/**
 * Creates, reads, updates, lists and deletes entities, as `ServiceBusAdministrationClient` asks for it: Atom over HTTP.
 * Source: Microsoft, "Service Bus REST API", and the clients.
 */
export class Administration {
  readonly #namespace: Namespace;
  readonly #onChange: (entity: Entity) => void;
  readonly #details = new DetailsOfEntities();

  /** `onChange` is told of an entity that was changed or deleted. */
  constructor(namespace: Namespace, onChange: (entity: Entity) => void) {
    this.#namespace = namespace;
    this.#onChange = onChange;
  }

  answer(request: AdministrationRequest): AdministrationAnswer {
    try {
      return this.#carryOut(request);
    } catch (error) {
      const refusal = refusalFor(error);
      if (refusal === undefined) throw error;
      return { status: refusal.status, body: errorXml(refusal.status, refusal.message) };
    }
  }

  #carryOut(request: AdministrationRequest): AdministrationAnswer {
    const { method, url, host } = request;
    const target = parseTarget(url);
    const base = `sb://${host}/`;
    if (method === 'GET') return { status: 200, body: this.#read(target, base, url) };
    if (method === 'PUT') {
      const entry = this.#write(target, request, base);
      return { status: request.isUpdate ? 200 : 201, body: entryXml(entry, base) };
    }
    if (method !== 'DELETE') throw new Refusal(405, `The method ${method} has no meaning here.`);
    this.#delete(target);
    return { status: 200, body: '' };
  }

  #read(target: Target, base: string, url: string): Xml {
    switch (target.kind) {
      case 'namespace':
        return entryXml(namespaceEntry(), base);
      case 'queues':
        return page('Queues', this.#namespace.queues, base, url, (queue) => this.#entry(queue, base));
      case 'topics':
        return page('Topics', this.#namespace.topics, base, url, (topic) => this.#entry(topic, base));
      case 'subscriptions': {
        const { subscriptions } = this.#topic(target.topic);
        return page('Subscriptions', subscriptions, base, url, (each) => this.#entry(each, base));
      }
      case 'rules': {
        const subscription = this.#subscription(target);
        const rules = [...subscription.rules].map(({ options }) => options);
        return page('Rules', rules, base, url, (rule) => this.#ruleEntry(subscription, rule));
      }
      case 'rule': {
        const subscription = this.#subscription(target);
        return entryXml(this.#ruleEntry(subscription, this.#rule(subscription, target.rule)), base);
      }
      default:
        return entryXml(this.#entry(this.#find(pathOf(target)), base), base);
    }
  }

  #write(target: Target, { body, isUpdate }: AdministrationRequest, base: string): Entry {
    const description = descriptionIn(body);
    switch (target.kind) {
      case 'rule':
        return this.#writeRule(target, description, isUpdate);
      case 'entity':
      case 'subscription': {
        const entity = isUpdate
          ? this.#update(this.#find(pathOf(target)), description)
          : this.#create(target, description);
        this.#details.keep(entity, description);
        return this.#entry(entity, base);
      }
      default:
        throw new Refusal(405, 'This can only be read.');
    }
  }

  #create(target: Extract<Target, { kind: 'entity' | 'subscription' }>, description: XmlElement): Entity {
    const path = pathOf(target);
    if (this.#namespace.find(path) !== undefined) throw alreadyExists(path);
    if (target.kind === 'subscription') {
      if (!isInnerName(target.subscription)) throw badName(target.subscription);
      const options = readSubscriptionOptions(description, target.subscription);
      return this.#namespace.createSubscription(this.#topic(target.topic), options);
    }
    if (!isEntityName(path)) throw badName(path);
    if (description.name === 'TopicDescription')
      return this.#namespace.createTopic(readTopicOptions(description, path));
    return this.#namespace.createQueue(readQueueOptions(description, path));
  }

  #update(entity: Entity, description: XmlElement): Entity {
    if (entity instanceof Topic) {
      const options = readTopicOptions(description, entity.name);
      checkUnchanged('RequiresDuplicateDetection', entity.options, options, 'duplicateDetectionWindowMs');
      entity.update(options);
    } else if (entity instanceof Subscription) {
      const { rules, deadLetterOnFilterError, ...options } = readSubscriptionOptions(description, entity.name);
      checkUnchanged('RequiresSession', entity.options, options, 'requiresSession');
      this.#namespace.update(entity, options);
      entity.deadLetterOnFilterError = deadLetterOnFilterError ?? entity.deadLetterOnFilterError;
    } else {
      const options = readQueueOptions(description, entity.name);
      checkUnchanged('RequiresSession', entity.options, options, 'requiresSession');
      checkUnchanged('RequiresDuplicateDetection', entity.options, options, 'duplicateDetectionWindowMs');
      this.#namespace.update(entity, options);
    }
    this.#onChange(entity);
    return entity;
  }

  #delete(target: Target): void {
    if (target.kind === 'rule') {
      if (this.#subscription(target).rules.remove(target.rule) === 'not-found') throw notFound(pathOf(target));
      return;
    }
    if (target.kind !== 'entity' && target.kind !== 'subscription') throw new Refusal(405, 'This cannot be deleted.');
    const entity = this.#find(pathOf(target));
    this.#namespace.delete(entity);
    this.#onChange(entity);
  }

  #writeRule(target: Extract<Target, { kind: 'rule' }>, description: XmlElement, isUpdate: boolean): Entry {
    const subscription = this.#subscription(target);
    const rule = readRule(description, target.rule);
    createRule(rule); // so that one that is not valid replaces nothing
    if (isUpdate && subscription.rules.remove(target.rule) === 'not-found') throw notFound(pathOf(target));
    if (subscription.rules.add(rule) === 'exists') throw alreadyExists(pathOf(target));
    return this.#ruleEntry(subscription, rule);
  }

  #entry(entity: Entity, base: string): Entry {
    const details = this.#details.of(entity);
    const title = entity instanceof Subscription ? entity.shortName : entity.name;
    const description = entity instanceof Topic ? describeTopic(entity, details) : describeQueue(entity, details, base);
    return { path: entity.name, title, description, createdAt: details.createdAt, updatedAt: details.updatedAt };
  }

  #ruleEntry(subscription: Subscription, rule: RuleOptions): Entry {
    const { createdAt, updatedAt } = this.#details.of(subscription);
    const path = `${subscription.name}/Rules/${rule.name}`;
    return { path, title: rule.name, description: describeRule(rule, createdAt), createdAt, updatedAt };
  }

  #find(path: string): Entity {
    const entity = this.#namespace.find(path);
    const isOwn = entity instanceof Topic || entity?.deadLetterQueue !== undefined;
    if (entity === undefined || !isOwn) throw notFound(path);
    return entity;
  }

  #topic(path: string): Topic {
    const topic = this.#namespace.find(path);
    if (topic instanceof Topic) return topic;
    throw notFound(path);
  }

  #subscription({
    topic,
    subscription: name,
  }: {
    readonly topic: string;
    readonly subscription: string;
  }): Subscription {
    const subscription = this.#topic(topic).subscription(name);
    if (subscription === undefined) throw notFound(`${topic}/Subscriptions/${name}`);
    return subscription;
  }

  #rule(subscription: Subscription, name: string): RuleOptions {
    const rule = subscription.rules.get(name);
    if (rule === undefined) throw notFound(`${subscription.name}/Rules/${name}`);
    return rule.options;
  }
}

function page<Item>(
  title: string,
  items: readonly Item[],
  base: string,
  url: string,
  entryOf: (item: Item) => Entry,
): Xml {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const [skip, top] = [Number(searchParams.get('$skip') ?? 0), Number(searchParams.get('$top') ?? pageSize)];
  const hasMore = items.length > skip + top;
  const next = hasMore ? `${base}${pathname.slice(1)}?$skip=${skip + top}&$top=${top}` : undefined;
  return feedXml(title, items.slice(skip, skip + top).map(entryOf), base, next);
}

function namespaceEntry(): Entry {
  const now = new Date();
  const members = [
    xml('Alias', ''),
    xml('CreatedTime', now.toISOString()),
    xml('MessagingSKU', 'Standard'),
    xml('MessagingUnits', 0),
    xml('ModifiedTime', now.toISOString()),
    xml('Name', 'sbemulatorns'),
    xml('NamespaceType', 'Messaging'),
  ];
  const description = xml('NamespaceInfo', members, { xmlns: serviceBusNamespace, 'xmlns:i': schemaInstance });
  return { path: '$namespaceinfo', title: 'sbemulatorns', description, createdAt: now, updatedAt: now };
}

function descriptionIn(body: string): XmlElement {
  let description: XmlElement | undefined;
  try {
    description = childOf(readXml(body), 'content')?.children[0];
  } catch (error) {
    throw new Refusal(400, `The request is not XML: ${(error as Error).message.split('\n')[0]}.`);
  }
  if (description === undefined) throw new Refusal(400, 'The request describes nothing.');
  return description;
}

/** Whether something is looked for, or there are sessions, is said once and for all. */
function checkUnchanged<Options>(member: string, before: Options, after: Options, name: keyof Options): void {
  if (Boolean(before[name]) === Boolean(after[name])) return;
  throw new Refusal(400, `The value for the ${member} property of an existing entity cannot be changed.`);
}

const badName = (name: string): Refusal => new Refusal(400, `'${name}' is not a name that an entity can have.`);

function refusalFor(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof RuleError || error instanceof ForwardingError) return new Refusal(400, error.message);
  if (error instanceof URIError) return new Refusal(400, 'The path is not encoded as it must be.');
  return undefined;
}
