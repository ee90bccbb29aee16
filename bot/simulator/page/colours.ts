import { css } from 'lit';

/**
 * The phone's own colours, light and dark: it imitates WhatsApp, not the console. Where WhatsApp's are too faint to be read
 * (4.5:1 for text, 3:1 for ticks), they are stronger here.
 */
export const colours = css`
  :host {
    --phoneHeader: light-dark(#00705d, #1f2c34);
    --phoneOnHeader: #fff;
    --phoneWall: light-dark(#efeae2, #0b141a);
    --phonePattern: light-dark(#e4ddd2, #121e25);
    --phoneIn: light-dark(#fff, #202c33);
    --phoneOut: light-dark(#d9fdd3, #005c4b);
    --phoneQuote: light-dark(#0000000d, #00000033);
    --phoneText: light-dark(#111b21, #e9edef);
    --phoneFaint: light-dark(#54656f, #c9d3d8);
    --phoneBlue: light-dark(#0277b5, #53bdeb);
    --phoneAccent: light-dark(#00705d, #06cf9c);
    --phoneOnAccent: light-dark(#fff, #0b141a);
    --phoneBar: light-dark(#f0f2f5, #1f2c34);
    --phoneField: light-dark(#fff, #2a3942);
    --phoneLine: light-dark(#d1d7db, #37464f);
    --phoneDanger: light-dark(#b3261e, #ff9a94);
    --phoneFrame: light-dark(#1b1f22, #30383d);
    --phoneShadow: light-dark(#0b141a26, #0006);
  }
`;
