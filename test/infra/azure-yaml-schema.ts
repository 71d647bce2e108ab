/**
 * What azd lets stand in azure.yaml, as far as this project uses it or could by mistake: its own schema, v1.0, is much longer.
 * Source: Microsoft, "Azure Developer CLI's azure.yaml schema", read with azd 1.31.2.
 */
const text = { type: 'string', minLength: 1 };
const flag = { type: 'boolean' };

const command = {
  type: 'object',
  additionalProperties: false,
  properties: {
    shell: { enum: ['sh', 'pwsh'] },
    run: text,
    kind: { enum: ['sh', 'pwsh', 'js', 'ts', 'python', 'dotnet'] },
    dir: text,
    interactive: flag,
    continueOnError: flag,
    secrets: { type: 'object' },
    config: { type: 'object' },
  },
};

const hook = {
  ...command,
  properties: { ...command.properties, windows: command, posix: command },
  // One command, or one for each kind of system.
  anyOf: [{ required: ['run'] }, { required: ['windows', 'posix'] }],
};

const hooks = (events: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    events.flatMap((event) => [`pre${event}`, `post${event}`]).map((name) => [name, hook]),
  ),
});

const service = {
  type: 'object',
  additionalProperties: false,
  required: ['project', 'host'],
  properties: {
    project: text,
    host: { enum: ['appservice', 'containerapp', 'function', 'staticwebapp', 'aks', 'springapp', 'ai.endpoint'] },
    language: { enum: ['js', 'ts', 'csharp', 'fsharp', 'dotnet', 'java', 'py', 'python', 'docker'] },
    dist: text,
    resourceName: text,
    remoteBuild: flag,
    hooks: hooks(['restore', 'build', 'package', 'publish', 'deploy']),
  },
};

export const azureYamlSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]*[a-z0-9]$' },
    metadata: {
      type: 'object',
      additionalProperties: false,
      properties: { template: { type: 'string', pattern: '^.+@.+$' } },
    },
    requiredVersions: { type: 'object', additionalProperties: false, properties: { azd: text } },
    infra: {
      type: 'object',
      additionalProperties: false,
      properties: { provider: { enum: ['bicep', 'terraform'] }, path: text, module: text },
    },
    services: { type: 'object', minProperties: 1, additionalProperties: service },
    hooks: hooks(['provision', 'infracreate', 'infradelete', 'down', 'up', 'package', 'publish', 'deploy', 'restore']),
    pipeline: { type: 'object' },
    workflows: { type: 'object' },
  },
};
