import { html, type TemplateResult } from 'lit';
import type { Session } from './base/api.ts';
import type { Route } from './base/route.ts';
import type { Texts } from './base/text.ts';

/** A page of the console. */
export interface Page {
  /** The first part of its address, behind `#/`. */
  readonly name: string;
  readonly title: keyof Texts;
  /** Who may see it. */
  readonly role: Session['role'];
  /** Shows it, at the rest of the address. */
  show(rest: Route): TemplateResult;
}

/** The pages, in the order of the navigation. What a page needs is loaded when somebody goes there. */
export const pages: readonly Page[] = [
  {
    name: 'conversations',
    title: 'nav.conversations',
    role: 'agent',
    show: ([id]) => {
      void import('./conversations/conversationsPage.ts');
      return html`<bt-conversations .selected=${id}></bt-conversations>`;
    },
  },
  {
    name: 'policy',
    title: 'nav.policy',
    role: 'supervisor',
    show: scope => {
      void import('./policy/policyPage.ts');
      return html`<bt-policy .scope=${scope}></bt-policy>`;
    },
  },
  {
    name: 'insights',
    title: 'nav.insights',
    role: 'supervisor',
    show: () => {
      void import('./insights/insightsPage.ts');
      return html`<bt-insights></bt-insights>`;
    },
  },
];
