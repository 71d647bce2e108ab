import { list, locksAccount, ofType, read, theOnly } from '../deployment.ts';
import { differing, type Rule } from './rule.ts';

/** Alert, metric, and how it is looked at. A gauge has no total. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'alert-dead-letters': ['DeadletteredMessages', 'Maximum', 'GreaterThan'],
  'alert-backlog': ['ActiveMessages', 'Minimum', 'GreaterThan'],
  'alert-lock-store': ['Availability', 'Average', 'LessThan'],
};

const alerts: Rule = {
  name: 'dead letters, a backlog, a store that fails and sweeps that do not happen raise an alert',
  problems(deployment) {
    const metricAlerts = ofType(deployment, 'Microsoft.Insights/metricAlerts');
    const queue = theOnly(deployment, 'Microsoft.ServiceBus/namespaces/queues').name.split('/').at(-1);
    const groups = ofType(deployment, 'Microsoft.Insights/actionGroups').map(({ id }) => id);
    const problems = Object.entries(expected).flatMap(([name, way]) => {
      const alert = metricAlerts.find((each) => each.name === name);
      if (alert === undefined) return [`There is no ${name}.`];
      const [criterion] = list(alert, 'properties.criteria.allOf');
      const found = ['metricName', 'timeAggregation', 'operator'].map((member) => read(criterion, member));
      const isOfQueue = JSON.stringify(read(criterion, 'dimensions')).includes(`"${queue}"`);
      const isOfStore = String(read(alert, 'properties.scopes.0')).startsWith(locksAccount(deployment).id);
      return [
        ...differing(alert, { 'properties.enabled': true, 'properties.autoMitigate': true, location: 'global' }),
        ...(found.join() === way.join() ? [] : [`${name} looks at ${found.join()}.`]),
        ...(isOfQueue || isOfStore ? [] : [`${name} is neither about the queue nor about the locks.`]),
      ];
    });
    const sweep = theOnly(deployment, 'Microsoft.Insights/scheduledQueryRules');
    const told = [...metricAlerts, sweep].filter((alert) => {
      const text = JSON.stringify(read(alert, 'properties.actions'));
      return groups.some((id) => !text.includes(id));
    });
    return [
      ...problems,
      ...differing(sweep, { 'properties.enabled': true, 'properties.criteria.allOf.0.operator': 'LessThan' }),
      ...told.map(({ name }) => `${name} does not tell the action group.`),
    ];
  },
};

export const alertRules: readonly Rule[] = [alerts];
