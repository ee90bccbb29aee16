import assert from 'node:assert/strict';
import { newGroupTemplate } from '../checks/newGroupTemplate.ts';
import { cases, parametersOf } from './arm/cases.ts';
import { deploy } from './arm/deploy.ts';
import { kinds, readParameters, readTemplate } from './arm/template.ts';

describe('the templates that bring their own resource group', () => {
  for (const kind of kinds) {
    it(`${kind}: is made of the other one, as it is now (node tests/checks/writeTemplates.ts)`, () => {
      assert.deepEqual(readTemplate(kind, 'new-rg'), newGroupTemplate(kind, readTemplate(kind, 'with-rg')));
    });

    for (const name of Object.keys(cases))
      it(`${kind}, ${name}: makes the same, and the group`, () => {
        const own = deploy(readTemplate(kind, 'new-rg'), parametersOf(name, kind, 'new-rg'));
        const other = deploy(readTemplate(kind, 'with-rg'), parametersOf(name, kind, 'with-rg'));
        const [group, deployment, ...made] = own.resources;
        assert.equal(group?.type, 'Microsoft.Resources/resourceGroups');
        assert.equal(deployment?.type, 'Microsoft.Resources/deployments');
        assert.deepEqual(made, other.resources);
        assert.deepEqual(own.outputs, other.outputs);
      });

    it(`${kind}: has the same example of its parameters, with the group`, () => {
      const { groupName, groupLocation, ...others } = readParameters(kind, 'new-rg');
      assert.deepEqual([groupName, groupLocation], ['contoso-bluetick', 'westeurope']);
      assert.deepEqual(others, readParameters(kind, 'with-rg'));
    });
  }
});
