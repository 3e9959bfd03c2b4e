/** Topics and how often each is told: a table to click in; on a phone a list to choose from. */
import { Field, Select } from "../components/ui/field.tsx";
import { usePhone } from "../components/use-phone.ts";
import { alertWords, type Frequency, type Topic, type Topics } from "../text/alerts.ts";
import { FREQUENCIES, frequenciesOf, TOPICS } from "./view.ts";

const words = alertWords.form;

interface Props {
  topics: Topics;
  onChange: (topics: Topics) => void;
}

export function TopicsField({ topics, onChange }: Props) {
  const phone = usePhone();
  const set = (topic: Topic, frequency: Frequency) => onChange({ ...topics, [topic]: frequency });
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">{words.topics}</legend>
      {phone ? <TopicList topics={topics} set={set} /> : <TopicTable topics={topics} set={set} />}
    </fieldset>
  );
}

interface Set {
  topics: Topics;
  set: (topic: Topic, frequency: Frequency) => void;
}

function TopicTable({ topics, set }: Set) {
  return (
    <table className="w-full border-collapse">
      <thead>
        <tr className="border-b text-left text-sm text-dim">
          <th scope="col" className="py-1.5 font-normal">
            {words.topic}
          </th>
          {FREQUENCIES.map((frequency) => (
            <th key={frequency} scope="col" className="w-20 px-1 py-1.5 text-center font-normal">
              {alertWords.frequencies[frequency]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {TOPICS.map((topic) => (
          <tr key={topic} className="border-b">
            <th scope="row" className="py-1.5 pr-3 text-left font-normal">
              {alertWords.topics[topic]}
              <span className="block text-sm text-dim">{alertWords.topicMeans[topic]}</span>
            </th>
            {FREQUENCIES.map((frequency) => (
              <td key={frequency} className="p-0 text-center">
                {frequenciesOf(topic).includes(frequency) && (
                  <label className="grid min-h-9 place-items-center rounded-md hover:bg-sunken">
                    <span className="sr-only">
                      {words.choice(alertWords.topics[topic], alertWords.frequencies[frequency])}
                    </span>
                    <input
                      type="radio"
                      name={`topic-${topic}`}
                      className="size-4 accent-link"
                      checked={topics[topic] === frequency}
                      onChange={() => set(topic, frequency)}
                    />
                  </label>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function TopicList({ topics, set }: Set) {
  return (
    <div className="grid gap-3">
      {TOPICS.map((topic) => (
        <Field key={topic} label={alertWords.topics[topic]} hint={alertWords.topicMeans[topic]}>
          {(ids) => (
            <Select
              {...ids}
              value={topics[topic]}
              onChange={(event) => set(topic, event.target.value as Frequency)}
              options={frequenciesOf(topic).map((each) => [each, alertWords.frequencies[each]])}
            />
          )}
        </Field>
      ))}
    </div>
  );
}
