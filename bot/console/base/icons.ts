import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from 'lit';

/** The icons, drawn with lines on a field of 20 by 20. */
const shapes = {
  attach: svg`<path d="m7 12.5 5-5a2 2 0 0 1 3 3l-6.5 6.5a3.5 3.5 0 0 1-5-5l6.5-6.5" />`,
  send: svg`<path d="m3 10 14-6.5-4.5 13-3-6zm6.5.5L17 3.5" />`,
  template: svg`<rect x="3.5" y="3.5" width="13" height="13" rx="2" /><path d="M6.5 7.5h7M6.5 10.5h7M6.5 13.5h4" />`,
  back: svg`<path d="M16 10H4m5-5-5 5 5 5" />`,
  details: svg`<circle cx="10" cy="10" r="6.5" /><path d="M10 9.5v4M10 6.7v.1" />`,
  close: svg`<path d="m5 5 10 10M15 5 5 15" />`,
  reply: svg`<path d="M8 4.5 3.5 9 8 13.5M3.5 9H12a4.5 4.5 0 0 1 4.5 4.5V16" />`,
  down: svg`<path d="M10 4v12m-5-5 5 5 5-5" />`,
  clock: svg`<circle cx="10" cy="10" r="6.5" /><path d="M10 6v4l2.5 2" />`,
  lock: svg`<rect x="4.5" y="9" width="11" height="7.5" rx="1.5" /><path d="M7 9V6.5a3 3 0 0 1 6 0V9" />`,
  eye: svg`<path d="M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5Z" /><circle cx="10" cy="10" r="2.2" />`,
  bot: svg`<rect x="4" y="7" width="12" height="9" rx="2" /><path d="M10 7V4M7.5 11v.5M12.5 11v.5M8 13.7h4" />`,
  person: svg`<circle cx="10" cy="7" r="3" /><path d="M4 16.5c.5-3 3-4.5 6-4.5s5.5 1.5 6 4.5" />`,
  queue: svg`<path d="M4 6h12M4 10h12M4 14h7" />`,
  document: svg`<path d="M6 3h5.5L15 6.5V17H6zM11.5 3v3.5H15" />`,
  place: svg`<path d="M10 17.5s-5-5-5-8.8a5 5 0 0 1 10 0c0 3.8-5 8.8-5 8.8Z" /><circle cx="10" cy="8.5" r="1.7" />`,
  history: svg`<path d="M4 10a6 6 0 1 0 2-4.5L4 7.2M4 4v3.2h3.2M10 7v3.5l2.2 1.5" />`,
  chat: svg`<path d="M3.5 5.5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-4 3.5v-3.5a1.7 1.7 0 0 1-1.5-2z" />`,
} as const satisfies Readonly<Record<string, SVGTemplateResult>>;

/** The name of an icon. */
export type IconName = keyof typeof shapes;

/** Icons that show a direction: they are turned where one writes from right to left. */
const directed: ReadonlySet<IconName> = new Set(['back', 'reply', 'send']);

/**
 * An icon, in the colour of the text and the size of its line. It says nothing to those who do not see it: what it
 * stands in has a text or a label.
 */
export function icon(name: IconName, slot?: 'start'): TemplateResult {
  // On the group: Fluent's buttons fill what is put into them.
  return html`<svg
    class="icon ${directed.has(name) ? 'directed' : ''}"
    slot=${slot ?? nothing}
    viewBox="0 0 20 20"
    width="20"
    height="20"
    aria-hidden="true"
  ><g fill="none" stroke="currentcolor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round">${shapes[name]}</g></svg>`;
}
