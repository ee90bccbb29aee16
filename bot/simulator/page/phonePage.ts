import { LitElement } from 'lit';

customElements.define('bt-phone', class extends LitElement {});
