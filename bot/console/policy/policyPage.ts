import { LitElement } from 'lit';

customElements.define('bt-policy', class extends LitElement {});
