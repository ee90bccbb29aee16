import { html, type TemplateResult } from 'lit';

const icon = (path: string): TemplateResult =>
  html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`;

/** The drawings on the phone's buttons; the buttons have the names. */
export const icons = {
  attach: icon(
    'M16.5 6v10.5a4 4 0 0 1-8 0V5.5a2.5 2.5 0 0 1 5 0V15a1 1 0 0 1-2 0V6H10v9a2.5 2.5 0 0 0 5 0V5.5a4 4 0 0 0-8 0v11a5.5 5.5 0 0 0 11 0V6z',
  ),
  send: icon('M3.4 20.4 21 12 3.4 3.6 3 10l12 2-12 2z'),
  back: icon('M20 11H7.8l5.6-5.6L12 4l-8 8 8 8 1.4-1.4L7.8 13H20z'),
  close: icon('M19 6.4 17.6 5 12 10.6 6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12z'),
  more: icon('M7.4 8.6 12 13.2l4.6-4.6L18 10l-6 6-6-6z'),
  settings: icon(
    'M4 17v2h6v-2zM4 5v2h10V5zm10 16v-2h6v-2h-6v-2h-2v6zM8 9v2H4v2h4v2h2V9zm12 4v-2h-8v2zm-4-4h2V7h2V5h-2V3h-2z',
  ),
  document: icon('M14 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8zm-1 7V3.5L18.5 9z'),
  deleted: icon(
    'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20m0 2a8 8 0 0 1 4.9 1.7L5.7 16.9A8 8 0 0 1 12 4m0 16a8 8 0 0 1-4.9-1.7L18.3 7.1A8 8 0 0 1 12 20',
  ),
  list: icon('M4 6h2v2H4zm4 0h12v2H8zM4 11h2v2H4zm4 0h12v2H8zM4 16h2v2H4zm4 0h12v2H8z'),
} as const;
