/** The page that `npm start` points to: what the customer sees, and what the agent sees, side by side. */
import { followLanguage, text } from './base/text.ts';
import { followLook } from './base/theme.ts';

followLanguage();
followLook();
document.title = `${text('app.name')}: ${text('demo.title')}`;
for (const heading of document.querySelectorAll('h1')) heading.textContent = text('demo.title');
// The key of the terminal's link goes on to the console, and out of this page's address.
const key = location.hash;
history.replaceState(null, '', location.pathname);
for (const frame of document.querySelectorAll('iframe')) {
  const { src = '/' } = frame.dataset;
  frame.title = text(src === '/' ? 'demo.console' : 'phone.title');
  frame.src = src === '/' ? `/${key}` : src;
}
