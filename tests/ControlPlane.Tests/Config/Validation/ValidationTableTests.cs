// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Validation;

/// <summary>
/// The rules, as tables: a row is what is wrong (<c>ok</c>, or code and field, several with <c>+</c>), a bar, and a specification in one
/// line of flow YAML. <c>@name = text</c> abbreviates what many rows have in common.
/// </summary>
public class ValidationTableTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Config/Validation/Tables");

    public static TheoryData<string, int, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, int, string, string>();
            foreach (var file in Directory.EnumerateFiles(s_folder, "*.txt").Order(StringComparer.Ordinal))
                Read(file, rows);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_specification_has_these_problems_and_no_others(string kind, int line, string expected, string spec)
    {
        var slash = kind.IndexOf(' ');
        var text =
            $"apiVersion: {kind[..slash]}\nkind: {kind[(slash + 1)..]}\nmetadata: {{name: x, namespace: ns}}\nspec: {spec}";
        var decoded = ResourceDecoder.Decode("test.yaml", text);
        var found = decoded
            .Problems.Where(static problem => !problem.Code.StartsWith("LT05", StringComparison.Ordinal))
            .Select(static problem => $"{problem.Code} {problem.Field.Replace("spec.", "", StringComparison.Ordinal)}")
            .Order(StringComparer.Ordinal);
        var row = expected.Split('+', StringSplitOptions.TrimEntries).Where(static word => word != "ok");
        Assert.True(
            row.Order(StringComparer.Ordinal).SequenceEqual(found),
            $"line {line}: {spec}\n  expected {expected}\n  found    {string.Join("\n           ", decoded.Problems)}"
        );
    }

    [Fact]
    public void There_are_enough_rows_and_kinds()
    {
        Assert.True(Rows.Count >= 400, $"{Rows.Count} rows");
        Assert.True(Directory.EnumerateFiles(s_folder, "*.txt").Count() >= 10);
    }

    private static void Read(string file, TheoryData<string, int, string, string> rows)
    {
        var kind = "";
        var short_ = new List<(string Name, string Text)>();
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (line.Length == 0 || line.StartsWith('#'))
                continue;
            if (line.StartsWith("kind ", StringComparison.Ordinal))
            {
                kind = line[5..];
                Assert.NotNull(KindCatalogue.Find(kind[..kind.IndexOf('/')], kind[(kind.IndexOf(' ') + 1)..]));
            }
            else if (line.StartsWith('@'))
            {
                var sign = line.IndexOf(" = ", StringComparison.Ordinal);
                short_.Insert(0, (line[..sign], Expand(line[(sign + 3)..], short_)));
            }
            else
            {
                var bar = line.IndexOf(" | ", StringComparison.Ordinal);
                rows.Add(kind, number, line[..bar].Trim(), Expand(line[(bar + 3)..], short_));
            }
        }
    }

    private static string Expand(string text, IEnumerable<(string Name, string Text)> abbreviations)
    {
        foreach (var (name, full) in abbreviations)
            text = text.Replace(name, full, StringComparison.Ordinal);
        return text;
    }
}
