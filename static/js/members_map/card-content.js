// What the card of a person says. Whatever a member wrote enters as text, never as markup.
import { element, isolated } from "../site/dom.js";

/** Return the content of a card, in the words of the map. */
export function cardContent(card, say) {
  const name = element("p", "map-card-name", isolated(card.pseudonym || say("unnamed")));
  if (card.own) name.append(element("span", "map-card-own", say("you")));
  const content = [name, element("p", `map-card-role map-role-${card.role}`, card.role_name)];
  if (card.zone_name) content.push(element("p", "map-card-zone", card.zone_name));
  for (const [label, text] of card.facts ?? []) {
    content.push(element("p", "map-card-fact", element("span", "map-card-quiet", label), ` ${text}`));
  }
  if (card.words) {
    const words = element("p", "own-words", card.words);
    words.dir = "auto";
    content.push(words);
  }
  if (isOurs(card.url)) content.push(link("map-card-link", say("more"), card.url));
  const actions = (card.actions ?? []).filter(([, address]) => isOurs(address));
  if (actions.length) content.push(element("ul", "map-card-actions", ...actions.map(actionItem)));
  return content;
}

const isOurs = (address) => address?.startsWith("/") && !address.startsWith("//");

const link = (className, label, address) => {
  const made = element("a", className, label);
  made.href = address;
  return made;
};

const actionItem = ([label, address]) => element("li", "", link("map-card-link", label, address));
