import assert from 'node:assert/strict';
import { evaluate, type Scope } from './arm/evaluate.ts';
import { isExpression } from './arm/expression.ts';
import type { Json } from './arm/template.ts';

const scope: Scope = {
  parameter: name => (name === 'many' ? { a: { 'b c': 'deep' } } : `the ${name}`),
  variable(name) {
    throw new Error(`there is no variable ${name}`);
  },
};

describe('expressions of templates', () => {
  const right: readonly [text: string, value: Json][] = [
    ['plain', 'plain'],
    ['[[not one]', '[not one]'],
    ["[concat('it''s ', parameters('name'))]", "it's the name"],
    ["[parameters('many').a['b c']]", 'deep'],
    ["[if(equals(1, 1), 'yes', variables('none'))]", 'yes'],
    ["[if(not(empty('')), variables('none'), null())]", null],
    ["[union(createObject('a', 1, 'b', 2), createObject('b', -3))]", { a: 1, b: -3 }],
    [
      "[resourceId('A.B/c/d', 'one', 'two')]",
      '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/contoso-bluetick/providers/A.B/c/one/d/two',
    ],
  ];
  for (const [text, value] of right)
    it(`${text} is evaluated`, () => assert.deepEqual(evaluate(text, scope), value));

  const wrong: readonly [text: string, fault: RegExp][] = [
    ["[concat('a'", /^never$/],
    ["[concat('a']", /no expression from character 11 on/],
    ["[concat('a') 'b']", /too much/],
    ['[concat("a")]', /no expression/],
    ['[name]', /no expression|expected \(/],
    ["[cocat('a')]", /the function cocat is not known here/],
    ["[parameters('many').z]", /there is no z/],
    ["[resourceId('A.B/c/d', 'one')]", /has 2 names, got 1/],
    ["[variables('x')]", /there is no variable x/],
  ];
  for (const [text, fault] of wrong)
    it(`${text} is none`, () => {
      // Without its closing bracket it is a text.
      if (isExpression(text)) assert.throws(() => evaluate(text, scope), fault);
      else assert.equal(evaluate(text, scope), text);
    });
});
