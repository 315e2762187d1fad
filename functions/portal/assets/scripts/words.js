// What scripts say, in Russian. "one", "few", "many" are the forms that Intl.PluralRules names.

export const characterCount = {
  charactersUnderLimit: {
    one: "Можно ввести ещё %{count} знак",
    few: "Можно ввести ещё %{count} знака",
    many: "Можно ввести ещё %{count} знаков",
    other: "Можно ввести ещё %{count} знака",
  },
  charactersAtLimit: "Больше ввести нельзя",
  charactersOverLimit: {
    one: "На %{count} знак больше, чем можно",
    few: "На %{count} знака больше, чем можно",
    many: "На %{count} знаков больше, чем можно",
    other: "На %{count} знака больше, чем можно",
  },
};

export const passwordInput = {
  showPassword: "Показать",
  hidePassword: "Скрыть",
  showPasswordAriaLabel: "Показать пароль",
  hidePasswordAriaLabel: "Скрыть пароль",
  passwordShownAnnouncement: "Пароль виден",
  passwordHiddenAnnouncement: "Пароль скрыт",
};

export const drafts = {
  saved: (time) => `Сохранено в ${time}`,
  ended: "Не сохранено: сеанс закончился. Нажмите «Продолжить» — введённое не пропадёт.",
  refused: "Не сохранено. Нажмите «Продолжить» — мы покажем, что исправить.",
  unreachable: "Не сохранено: нет связи. Введённое останется на странице, пока вы её не закроете.",
};

export const uploads = {
  sending: (bytes) => `Отправляем файл, ${(bytes / 1_000_000).toFixed(1).replace(".", ",")} МБ. Не закрывайте страницу.`,
  wait: "Файл отправляется",
  type: "Такой файл не подойдёт. Выберите PDF, JPG или PNG: например, снимите документ на телефон.",
  empty: "В этом файле ничего нет. Выберите другой или снимите документ заново.",
  heavy: "Файл больше 5 МБ. Выберите файл поменьше или снимите документ заново.",
  refused: "Файл не принят. Вернитесь на шаг назад и попробуйте ещё раз.",
  unreachable: "Файл не отправлен: нет связи. Проверьте интернет и нажмите «Загрузить» ещё раз.",
};

export const session = {
  title: "Вы ещё здесь?",
  left: (minutes) => `Сеанс закончится через ${counted(minutes, "минуту", "минуты", "минут")}. Введённое не пропадёт.`,
  over: "Сеанс закончился. Отправьте форму или откройте страницу заново: мы попросим войти и вернём вас сюда.",
  extend: "Продлить сеанс",
  close: "Закрыть",
};

const FORMS = new Intl.PluralRules("ru");

function counted(number, one, few, many) {
  return `${number} ${{ one, few, many }[FORMS.select(number)] ?? few}`;
}

export const live = { pause: "Приостановить обновление", go: "Обновлять снова" };
