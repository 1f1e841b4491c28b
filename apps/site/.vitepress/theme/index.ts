import DefaultTheme from 'vitepress/theme-without-fonts';
import './pictures.css';

/** The theme of VitePress with the fonts of whoever reads, and the colours of our pictures. */
export default DefaultTheme;
