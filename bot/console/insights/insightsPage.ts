import { LitElement } from 'lit';

customElements.define('bt-insights', class extends LitElement {});
