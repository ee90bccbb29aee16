import type { Json, Kind, Parameter, Template } from '../deployment/arm/template.ts';

const resourcesVersion = '2022-09-01';

/**
 * Makes the template that brings its own resource group of the one for a group that exists: a deployment to the subscription
 * that makes the group and, in it, deploys the other template whole. Azure takes templates that refer to one another from
 * addresses in the world only, so the one must hold the other.
 *
 * @param kind what the inner deployment is named after
 */
export function newGroupTemplate(kind: Kind, inner: Template): Template {
  const deployment = `bluetick-${kind}`;
  const { location: _location, ...passed } = inner.parameters;
  const groupId =
    "extensionResourceId(concat('/subscriptions/', subscription().subscriptionId, '/resourceGroups/', parameters('groupName'))";
  const made = `reference(${groupId}, 'Microsoft.Resources/deployments', '${deployment}'), '${resourcesVersion}')`;
  return {
    $schema: 'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
    contentVersion: inner.contentVersion,
    metadata: {
      description: `${inner.metadata.description} In a resource group of its own. Made by \`node tests/checks/writeTemplates.ts\` of the template in deployUseExistResourceGroup: change that.`,
    },
    parameters: { ...groupParameters, ...passed },
    resources: [
      {
        type: 'Microsoft.Resources/resourceGroups',
        apiVersion: resourcesVersion,
        name: "[parameters('groupName')]",
        location: "[parameters('groupLocation')]",
        properties: {},
      },
      {
        type: 'Microsoft.Resources/deployments',
        apiVersion: resourcesVersion,
        name: deployment,
        resourceGroup: "[parameters('groupName')]",
        dependsOn: [
          "[subscriptionResourceId('Microsoft.Resources/resourceGroups', parameters('groupName'))]",
        ],
        properties: {
          mode: 'Incremental',
          expressionEvaluationOptions: { scope: 'inner' },
          parameters: Object.fromEntries(
            Object.keys(inner.parameters).map(name => [
              name,
              { value: `[parameters('${name === 'location' ? 'groupLocation' : name}')]` },
            ]),
          ),
          template: inner as unknown as Json,
        },
      },
    ],
    ...(inner.outputs && {
      outputs: Object.fromEntries(
        Object.entries(inner.outputs).map(([name, { type }]) => [
          name,
          { type, value: `[${made}.outputs.${name}.value]` },
        ]),
      ),
    }),
  };
}

const groupParameters: Readonly<Record<string, Parameter>> = {
  groupName: { type: 'string', metadata: { description: 'The name of the resource group that is made.' } },
  groupLocation: {
    type: 'string',
    metadata: { description: 'Where the group and its resources are, but for those that are global.' },
  },
};
