import { type Deployment, ofType, type Resource, read, theOnly } from '../deployment.ts';
import type { Rule } from './rule.ts';

/** Built-in roles by their IDs. Source: Microsoft, "Azure built-in roles". */
export const roleNames: Readonly<Record<string, string>> = {
  '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0': 'Azure Service Bus Data Receiver',
  '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39': 'Azure Service Bus Data Sender',
  '090c5cfd-751d-490a-894a-3ce6f1109419': 'Azure Service Bus Data Owner',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
};

export interface Assignment {
  /** Undefined for a role that is not listed above. */
  readonly role: string | undefined;
  /** The ID of what it opens. */
  readonly scope: string;
  readonly isOfApp: boolean;
}

const marker = '/providers/Microsoft.Authorization/roleAssignments/';

export const assignments = (deployment: Deployment): readonly Assignment[] =>
  ofType(deployment, 'Microsoft.Authorization/roleAssignments').map((resource) => ({
    role: roleNames[String(read(resource, 'properties.roleDefinitionId')).split('/').at(-1) ?? ''],
    scope: resource.id.slice(0, resource.id.lastIndexOf(marker)),
    isOfApp: isOfApp(resource, deployment),
  }));

/** Of the app's identity, by the ID that Azure gives it. */
function isOfApp(resource: Resource, deployment: Deployment): boolean {
  const { id } = theOnly(deployment, 'Microsoft.ManagedIdentity/userAssignedIdentities');
  return String(read(resource, 'properties.principalId')).startsWith(`[reference('${id}'`);
}

const narrowScopes: Rule = {
  name: 'every role is given on something narrower than the resource group',
  problems: (deployment) =>
    assignments(deployment).flatMap(({ role, scope }) =>
      /[/]resourceGroups[/][^/]+[/]providers[/]/.test(scope) ? [] : [`${role} is given on all of ${scope}.`],
    ),
};

/** Without it Azure looks the principal up, and does not find an identity that was made a moment ago. */
const principalTypes: Rule = {
  name: 'every role assignment says what kind of principal it is for',
  problems: (deployment) =>
    ofType(deployment, 'Microsoft.Authorization/roleAssignments').flatMap((resource) => {
      const given = read(resource, 'properties.principalType');
      const allowed = isOfApp(resource, deployment) ? ['ServicePrincipal'] : ['User', 'Group', 'ServicePrincipal'];
      return allowed.includes(String(given)) ? [] : [`${resource.id}: principalType is ${JSON.stringify(given)}.`];
    }),
};

/** What each role may be given on: never the namespace, never the account of the locks. */
const scopesOfRoles: Readonly<Record<string, RegExp>> = {
  'Azure Service Bus Data Receiver': /[/]namespaces[/][^/]+[/]queues[/][^/]+$/,
  'Azure Service Bus Data Sender': /[/]namespaces[/][^/]+[/]queues[/][^/]+$/,
  'Azure Service Bus Data Owner': /[/]namespaces[/][^/]+[/]queues[/][^/]+$/,
  'Storage Blob Data Contributor': /[/]storageAccounts[/]stlk\w+[/]blobServices[/]default[/]containers[/][^/]+$/,
  'Storage Blob Data Owner': /[/]storageAccounts[/]st(?!lk)\w+$/,
  'Monitoring Metrics Publisher': /[/]components[/][^/]+$/,
};

const leastPrivilege: Rule = {
  name: 'every role is one that is needed, on what it is needed for',
  problems: (deployment) =>
    assignments(deployment).flatMap(({ role, scope, isOfApp: ofApp }) => {
      if (role === undefined || !scopesOfRoles[role]?.test(scope)) return [`${role ?? 'An unknown role'} on ${scope}.`];
      const isOperators = !/Owner$|Publisher$/.test(role);
      return ofApp || isOperators ? [] : [`${role} is given to the operator.`];
    }),
};

/** A missing one shows only in Azure, as a 403 of whatever runs into it first. */
const everyRoleGiven: Rule = {
  name: 'the app has every role that it needs',
  problems(deployment) {
    const given = assignments(deployment).filter(({ isOfApp: ofApp }) => ofApp);
    const has = (role: string, scope: string) => given.some((each) => each.role === role && each.scope === scope);
    const queue = theOnly(deployment, 'Microsoft.ServiceBus/namespaces/queues').id;
    const missing: string[] = [];
    const need = (role: string, scope: string) => {
      if (!has(role, scope)) missing.push(`The app has not the role ${role} on ${scope}.`);
    };
    if (!has('Azure Service Bus Data Owner', queue)) {
      need('Azure Service Bus Data Receiver', queue);
      need('Azure Service Bus Data Sender', queue);
    }
    for (const { id } of ofType(deployment, 'Microsoft.Storage/storageAccounts')) {
      if (/[/]st(?!lk)\w+$/.test(id)) need('Storage Blob Data Owner', id);
    }
    for (const { id } of ofType(deployment, 'Microsoft.Storage/storageAccounts/blobServices/containers')) {
      if (id.includes('/stlk')) need('Storage Blob Data Contributor', id);
    }
    need('Monitoring Metrics Publisher', theOnly(deployment, 'Microsoft.Insights/components').id);
    return missing;
  },
};

export const roleRules: readonly Rule[] = [narrowScopes, principalTypes, leastPrivilege, everyRoleGiven];
