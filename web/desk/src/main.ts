import "./styles/tokens.css";
import "./styles/elements.css";
import "./styles/controls.css";
import "./styles/setup.css";
import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "./App.vue";
import { i18n } from "./i18n";
import { makeRouter } from "./router";

const app = createApp(App);
app.use(createPinia());
app.use(i18n);
app.use(makeRouter());
app.mount("#app");
