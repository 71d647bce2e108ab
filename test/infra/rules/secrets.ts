import { appSettings, type Deployment, ofType, site, storageAccounts, theOnly } from '../deployment.ts';
import { differing, eachText, type Rule } from './rule.ts';

/** A function that reads a key, or what stands before one. */
const keyPattern = /\blist\w*\(|AccountKey|SharedAccess(?:Key|Signature)|\bsig=|InstrumentationKey=|password/i;

const noKey: Rule = {
  name: 'no key is read or written',
  problems(deployment) {
    const problems: string[] = [];
    eachText(deployment, (text, member) => {
      if (keyPattern.test(text)) problems.push(`${member} is "${text}": that is a key, or where one comes from.`);
    });
    return problems;
  },
};

/** It says where telemetry goes. With local authentication off, nobody may send any by it alone. */
const componentConnection = 'APPLICATIONINSIGHTS_CONNECTION_STRING';

const noConnectionString: Rule = {
  name: 'the only connection string is that of the component',
  problems(deployment) {
    const named: string[] = [];
    const asked: string[] = [];
    eachText(deployment, (text, member) => {
      if (/connection_?string/i.test(member) && member !== componentConnection) named.push(`${member} is set.`);
      if (/connectionstring/i.test(text) && member !== componentConnection) asked.push(`${member} is "${text}".`);
    });
    const { id } = theOnly(deployment, 'Microsoft.Insights/components');
    const given = appSettings(deployment)[componentConnection] ?? '';
    const isRight = given.startsWith(`[reference('${id}'`) && given.endsWith(').ConnectionString]');
    return [
      ...named,
      ...asked,
      ...(isRight ? [] : [`${componentConnection} is "${given}", not that of the component.`]),
    ];
  },
};

const noLocalAuthentication: Rule = {
  name: 'nothing lets anybody in by a key',
  problems(deployment) {
    const off = (type: string, expected: Readonly<Record<string, unknown>>) =>
      ofType(deployment, type).flatMap((resource) => differing(resource, expected));
    return [
      ...off(storageAccounts, {
        'properties.allowSharedKeyAccess': false,
        'properties.defaultToOAuthAuthentication': true,
        'properties.isLocalUserEnabled': false,
      }),
      ...off('Microsoft.ServiceBus/namespaces', { 'properties.disableLocalAuth': true }),
      ...off('Microsoft.OperationalInsights/workspaces', { 'properties.features.disableLocalAuth': true }),
      // This one begins with a capital; Azure takes the other spelling, and ignores it.
      ...off('Microsoft.Insights/components', { 'properties.DisableLocalAuth': true }),
      ...off('Microsoft.Web/sites/basicPublishingCredentialsPolicies', { 'properties.allow': false }),
      ...passwordsLeft(deployment),
    ];
  },
};

function passwordsLeft(deployment: Deployment): string[] {
  const policies = ofType(deployment, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies').map(({ name }) => name);
  return ofType(deployment, site).flatMap(({ name }) =>
    ['scm', 'ftp'].flatMap((way) =>
      policies.includes(`${name}/${way}`) ? [] : [`${name} can be published to by ${way}.`],
    ),
  );
}

export const secretRules: readonly Rule[] = [noKey, noConnectionString, noLocalAuthentication];
