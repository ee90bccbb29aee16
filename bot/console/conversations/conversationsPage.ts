import { LitElement } from 'lit';

customElements.define('bt-conversations', class extends LitElement {});
