package io.foursight.querylanguages.text.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
  private static final Map<String, String> FIELDS =
      Map.of(
          "a", "hello world",
          "n", "12",
          "f", "5.25",
          "empty", "",
          "json", "{\"x\":{\"y\":[1,2.5,\"z\"]},\"t\":true}",
          "date", "2023-03-10T01:32:40.340485723Z");

  private static String run(String template) {
    return Template.parse("line", template, () -> Instant.ofEpochSecond(1_700_000_000))
        .execute(
            new TemplateData() {
              @Override
              public String field(String name) {
                return FIELDS.getOrDefault(name, "");
              }

              @Override
              public Map<String, String> fields() {
                return new TreeMap<>(FIELDS);
              }

              @Override
              public String line() {
                return "the line";
              }

              @Override
              public long timestampNanos() {
                return 1_656_353_124_120_000_000L;
              }
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\0',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          {{ if eq .a "hello world" }}yes{{ else }}no{{ end }} ~ yes
          {{ if .none }}1{{ else if .n }}2{{ else }}3{{ end }} ~ 2
          {{ with .none }}x{{ else }}{{ .n }}{{ end }} ~ 12
          {{ with .a }}{{ . }}!{{ end }} ~ hello world!
          {{ range $i, $e := (fromJson .json).x.y }}{{ $i }}={{ $e }};{{ end }} ~ 0=1;1=2.5;2=z;
          {{ range $k, $v := . }}{{ if eq $k "n" }}{{ $v }}{{ break }}{{ end }}{{ end }} ~ 12
          {{ $x := .n }}{{ if true }}{{ $x = "changed" }}{{ end }}{{ $x }} ~ changed
          a {{- /* gone */ -}} b ~ ab
          a  {{- " " -}}  b ~ a b
          {{ define "t" }}<{{ . }}>{{ end }}{{ template "t" .n }} ~ <12>
          {{ printf "%-5s|%5d|%05.1f|%q|%x|%t|%v" .n 42 3.14159 "q" 255 true 1e21 }} ~ 12   |   42|003.1|"q"|ff|true|1e+21
          {{ printf "%d" .n }} ~ %!d(string=12)
          {{ and .a .n }} {{ or .none .n }} {{ not .none }} ~ 12 12 true
          {{ len .a }} {{ index .a 0 }} {{ slice .a 0 5 }} ~ 11 104 hello
          {{ lt 1 2 }} {{ ge "b" "a" }} {{ ne 1 1 }} {{ eq 3 1 2 3 }} ~ true true false true
          {{ .a | title | replace "World" "Go" | trunc 5 }} ~ Hello
          {{ substr 2 5 .a }}{{ trunc -3 .a }} ~ llorld
          {{ Replace .a "l" "L" 2 }} {{ TrimLeft .a "he" }} {{ TrimRight .a "dl" }} ~ heLLo world llo world hello wor
          {{ add 1 .n 3 }} {{ sub .n 2 }} {{ mul 2 3 4 }} {{ div .n 5 }} {{ mod .n 5 }} ~ 16 10 24 2 2
          {{ max 1 .n 3 }} {{ min 4 2 }} {{ maxf 1.5 2 }} {{ minf .f 9 }} ~ 12 2 2 5.25
          {{ round .f 1 }} {{ round 123.5555 3 }} {{ ceil .f }} {{ floor .f }} ~ 5.3 123.556 6 5
          {{ int 5.25 }} {{ int "7" }} {{ float64 .n }} ~ 5 7 12
          {{ regexReplaceAll "(w)(o)" .a "${2}${1}" }} ~ hello owrld
          {{ regexReplaceAllLiteral "o" .a "$1" }} {{ count "o" .a }} ~ hell$1 w$1rld 2
          {{ b64enc .n }} {{ b64dec "MTI=" }} {{ urlencode "a b/c" }} {{ urldecode "a+b%2Fc" }} ~ MTI= 12 a+b%2Fc a b/c
          {{ __line__ }} {{ __timestamp__ | date "2006-01-02T15:04:05.000Z07:00" }} ~ the line 2022-06-27T18:05:24.120Z
          {{ __timestamp__ }} ~ 2022-06-27 18:05:24.12 +0000 UTC
          {{ $t := __timestamp__ }}{{ $t.Year }} {{ $t.Format "15:04" }} {{ (now).Unix }} ~ 2022 18:05 1700000000
          {{ now | unixEpoch }} {{ unixToTime "1700000000" | unixEpochMillis }} ~ 1700000000 1700000000000
          {{ toDate "2006-01-02" "2021-11-02" | date "Jan _2, 06 Monday" }} ~ Nov  2, 21 Tuesday
          {{ toDateInZone "2006-01-02 15:04" "Europe/Berlin" "2021-07-01 12:00" | unixEpoch }} ~ 1625133600
          {{ .date | toDate "2006-01-02T15:04:05Z07:00" | unixEpochNanos }} ~ 1678411960340485723
          {{ alignLeft 3 .n }}|{{ alignRight 4 .n }}|{{ .empty | default "-" }} ~ 12 |  12|-
          {{ bytes "2KiB" }} {{ duration "1m30s" }} {{ "x" | repeat 3 }}{{ hasPrefix "h" .a }} ~ 2048 90 xxxtrue
          """)
  void template_givesWhatGoGives(String template, String expected) {
    assertThat(run(template)).isEqualTo(expected);
  }

  @Test
  void missingField_isEmpty_butNilIsSpelled() {
    assertThat(run("[{{ .missing }}]")).isEqualTo("[]");
    assertThat(run("{{ (fromJson .json).missing }}")).isEqualTo("<no value>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\0',
      textBlock =
          """
          {{ if }} ~ missing value for if
          {{ end }} ~ unexpected {{end}}
          {{ .a ~ unclosed action
          {{ nope }} ~ function "nope" not defined
          {{ $x }} ~ undefined variable "$x"
          {{ if .a }} ~ unexpected EOF
          {{ "a }} ~ unterminated quoted string
          {{ break }} ~ {{break}} outside {{range}}
          """)
  void malformedTemplate_doesNotParse(String template, String message) {
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> run(template))
        .withMessageStartingWith("template: line:1: ")
        .withMessageContaining(message.strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\0',
      textBlock =
          """
          {{ .a | now }} ~ wrong number of args for now: want 0 got 1
          {{ .a Replace "x" }} ~ a is not a method but has arguments
          {{ div 1 0 }} ~ divide by zero
          {{ .a.b }} ~ can't evaluate field b in type string
          {{ eq .a 1 }} ~ incompatible types for comparison
          {{ bytes "12 parsecs" }} ~ unhandled size name: parsecs
          {{ substr 5 2 .a }} ~ slice bounds out of range
          {{ repeat 1000000 .a }} ~ longer than
          {{ template "none" }} ~ template "none" not defined
          """)
  void failure_saysWhatAndWhere(String template, String message) {
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> run(template))
        .withMessageContaining("executing \"line\" at <")
        .withMessageContaining(message.strip());
  }

  /// Templates come from anybody who may query.
  @Test
  void endlessTemplates_areStopped() {
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(
            () -> run("{{ define \"t\" }}{{ template \"t\" . }}{{ end }}{{ template \"t\" . }}"))
        .withMessageContaining("maximum template depth");
    String nested = "{{ range 100000 }}".repeat(4) + "x" + "{{ end }}".repeat(4);
    assertThatExceptionOfType(TemplateException.class).isThrownBy(() -> run(nested));
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> run("{{ if .a }}".repeat(100_000)))
        .withMessageContaining("nests too deeply");
  }

  @Test
  void fieldsRead_areKnown_unlessAllAreTaken() {
    assertThat(Template.parse("t", "{{.a}} {{ printf .b $.c }}", Instant::now).fieldsRead())
        .contains(Set.of("a", "b", "c"));
    assertThat(Template.parse("t", "{{ range . }}{{ end }}", Instant::now).fieldsRead()).isEmpty();
  }
}
