import type { Json } from './template.ts';

const text: Json = { type: 'string' };
const flag: Json = { type: 'boolean' };
const number: Json = { type: 'number' };
/** By ISO 8601: minutes or hours. */
const duration: Json = { type: 'string', pattern: '^PT\\d+[MH]$' };

/** A text in brackets may stand anywhere. */
const expression =
  'https://schema.management.azure.com/schemas/common/definitions.json#/definitions/expression';

/**
 * Schemas of the resource types that `../shared/schemas/arm` does not have, with those of their properties that our templates
 * use: what else Azure knows there is refused, until somebody looks it up. Written from Azure's template reference,
 * https://learn.microsoft.com/azure/templates/<type>.
 */
export const ownSchemas: readonly Json[] = [
  schema('2023-05-01', 'Microsoft.Storage', {
    storageAccounts: resource('Microsoft.Storage/storageAccounts', '2023-05-01', {
      location: text,
      kind: oneOf('StorageV2', 'BlobStorage', 'BlockBlobStorage', 'FileStorage'),
      sku: object({ name: oneOf('Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS') }, ['name']),
      properties: object({
        accessTier: oneOf('Hot', 'Cool', 'Cold'),
        allowBlobPublicAccess: flag,
        allowSharedKeyAccess: flag,
        minimumTlsVersion: oneOf('TLS1_2', 'TLS1_3'),
        supportsHttpsTrafficOnly: flag,
      }),
    }),
    storageAccounts_blobServices_containers: resource(
      'Microsoft.Storage/storageAccounts/blobServices/containers',
      '2023-05-01',
      { properties: object({ publicAccess: oneOf('None', 'Blob', 'Container') }) },
    ),
    storageAccounts_managementPolicies: resource(
      'Microsoft.Storage/storageAccounts/managementPolicies',
      '2023-05-01',
      {
        properties: object({
          policy: object({
            rules: list(
              object({
                name: text,
                enabled: flag,
                type: oneOf('Lifecycle'),
                definition: object({
                  filters: object({ blobTypes: list(oneOf('blockBlob', 'appendBlob')) }),
                  actions: object({
                    baseBlob: object({ delete: object({ daysAfterCreationGreaterThan: number }) }),
                  }),
                }),
              }),
            ),
          }),
        }),
      },
    ),
  }),
  schema('2022-10-01', 'Microsoft.Insights', {
    autoscalesettings: resource('Microsoft.Insights/autoscalesettings', '2022-10-01', {
      location: text,
      properties: object({
        enabled: flag,
        targetResourceUri: text,
        profiles: list(
          object({
            name: text,
            capacity: object({ minimum: text, maximum: text, default: text }),
            rules: list(
              object({
                metricTrigger: object({
                  metricName: text,
                  metricResourceUri: text,
                  timeGrain: duration,
                  statistic: oneOf('Average', 'Min', 'Max', 'Sum', 'Count'),
                  timeWindow: duration,
                  timeAggregation: oneOf('Average', 'Minimum', 'Maximum', 'Total', 'Count', 'Last'),
                  operator: oneOf('GreaterThan', 'GreaterThanOrEqual', 'LessThan', 'LessThanOrEqual'),
                  threshold: number,
                }),
                scaleAction: object({
                  direction: oneOf('Increase', 'Decrease'),
                  type: oneOf('ChangeCount', 'PercentChangeCount', 'ExactCount'),
                  value: text,
                  cooldown: duration,
                }),
              }),
            ),
          }),
        ),
      }),
    }),
  }),
  schema('2021-05-01-preview', 'Microsoft.Insights', {
    diagnosticSettings: resource('Microsoft.Insights/diagnosticSettings', '2021-05-01-preview', {
      properties: object({
        workspaceId: text,
        logs: list(object({ category: text, enabled: flag })),
      }),
    }),
  }),
  schema('2023-01-01', 'Microsoft.Insights', {
    actionGroups: resource('Microsoft.Insights/actionGroups', '2023-01-01', {
      location: text,
      properties: object({
        groupShortName: { type: 'string', maxLength: 12 },
        enabled: flag,
        emailReceivers: list(object({ name: text, emailAddress: text, useCommonAlertSchema: flag })),
      }),
    }),
  }),
  schema('2023-12-01', 'Microsoft.Insights', {
    scheduledQueryRules: resource('Microsoft.Insights/scheduledQueryRules', '2023-12-01', {
      location: text,
      properties: object({
        displayName: text,
        description: text,
        severity: { type: 'integer', minimum: 0, maximum: 4 },
        enabled: flag,
        scopes: list(text),
        evaluationFrequency: duration,
        windowSize: duration,
        criteria: object({
          allOf: list(
            object({
              query: text,
              timeAggregation: oneOf('Average', 'Count', 'Maximum', 'Minimum', 'Total'),
              metricMeasureColumn: text,
              operator: oneOf('GreaterThan', 'GreaterThanOrEqual', 'LessThan', 'LessThanOrEqual', 'Equals'),
              threshold: number,
              failingPeriods: object({ numberOfEvaluationPeriods: number, minFailingPeriodsToAlert: number }),
            }),
          ),
        }),
        autoMitigate: flag,
        actions: object({ actionGroups: { type: 'array', items: text } }),
      }),
    }),
  }),
  schema('2023-06-01', 'Microsoft.Insights', {
    workbooks: resource('Microsoft.Insights/workbooks', '2023-06-01', {
      location: text,
      kind: oneOf('shared'),
      properties: object({
        displayName: text,
        category: text,
        version: text,
        sourceId: text,
        serializedData: text,
      }),
    }),
  }),
  schema('2022-09-01', 'Microsoft.Resources', {
    resourceGroups: resource('Microsoft.Resources/resourceGroups', '2022-09-01', {
      location: text,
      properties: object({}),
    }),
    deployments: resource('Microsoft.Resources/deployments', '2022-09-01', {
      resourceGroup: text,
      properties: object({
        mode: oneOf('Incremental'),
        expressionEvaluationOptions: object({ scope: oneOf('inner') }),
        parameters: { type: 'object' },
      }),
    }),
  }),
];

function oneOf(...values: readonly string[]): Json {
  return { anyOf: [{ enum: values }, { $ref: expression }] };
}

function list(items: Json): Json {
  return { type: 'array', items, minItems: 1 };
}

function object(properties: Readonly<Record<string, Json>>, required = Object.keys(properties)): Json {
  return { type: 'object', properties, required, additionalProperties: false };
}

function resource(type: string, version: string, properties: Readonly<Record<string, Json>>): Json {
  const named = { type: { enum: [type] }, apiVersion: { enum: [version] }, name: text };
  return { type: 'object', properties: { ...named, ...properties }, required: ['name', 'properties'] };
}

function schema(
  version: string,
  namespace: string,
  resourceDefinitions: Readonly<Record<string, Json>>,
): Json {
  return {
    id: `https://schema.management.azure.com/schemas/${version}/${namespace}.json#`,
    resourceDefinitions,
  };
}
