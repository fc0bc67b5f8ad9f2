// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Lateen.Config;
using Lateen.Config.Analysis;
using Lateen.Config.Decoding;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Analysis;

/// <summary>
/// Analysis, as tables: a case is its findings in one line (<c>ok</c>, or code, resource and field, several with <c>+</c>), then resources, one
/// a line, up to an empty line. A resource is kind, namespace and name, metadata in parentheses where there is more of it, and content
/// in flow YAML, then, behind <c>status</c>, what was written down of how it fared.
/// </summary>
public partial class AnalysisTableTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Config/Analysis/Tables");

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var file in Directory.EnumerateFiles(s_folder, "*.txt").Order(StringComparer.Ordinal))
            {
                var number = 0;
                foreach (var block in File.ReadAllText(file).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
                {
                    number++;
                    var lines = block.Split('\n').Where(static line => line.Length > 0 && line[0] != '#').ToArray();
                    if (lines.Length > 1)
                        cases.Add(
                            $"{Path.GetFileNameWithoutExtension(file)} {number}",
                            lines[0],
                            string.Join('\n', lines[1..])
                        );
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resources_have_these_findings_and_no_others(string name, string expected, string resources)
    {
        var text = string.Join("\n---\n", resources.Split('\n').Select(Document));
        var decoded = ResourceDecoder.Decode("test.yaml", text);
        Assert.Empty(decoded.Refused);
        Assert.Equal(resources.Split('\n').Length, decoded.Resources.Count);
        var found = MeshAnalysis.Run(new ConfigSnapshot(1, decoded.Resources, []));
        Assert.All(found, static problem => Assert.NotEmpty(problem.Message));
        var told = found
            .Select(static problem => $"{problem.Code} {problem.Subject} {problem.Field}".TrimEnd())
            .Order(StringComparer.Ordinal);
        var row = expected
            .Split(" + ", StringSplitOptions.TrimEntries)
            .Where(static word => word != "ok")
            .Order(StringComparer.Ordinal);
        Assert.True(
            row.SequenceEqual(told),
            $"{name}:\n{resources}\n  expected {expected}\n  found    {string.Join("\n           ", found)}"
        );
    }

    [Fact]
    public void There_are_enough_cases_and_every_message_is_found_once()
    {
        var rows = Cases.Select(static row => row.Data.Item2).ToArray();
        Assert.True(rows.Length >= 120, $"{rows.Length} cases");
        var told = string.Join(' ', rows);
        Assert.Equal(
            MeshAnalysis.Messages.Count,
            MeshAnalysis.Messages.Select(static message => message.Code).Distinct().Count()
        );
        Assert.All(MeshAnalysis.Messages, message => Assert.Contains(message.Code, told, StringComparison.Ordinal));
    }

    private static string Document(string line)
    {
        var parts = Line().Match(line);
        Assert.True(parts.Success, line);
        var kind = KindCatalogue.Read.First(known =>
            known.Name == parts.Groups["kind"].Value && known.Group != "gateway.networking.k8s.io"
            || $"k8s.{known.Name}" == parts.Groups["kind"].Value && known.Group == "gateway.networking.k8s.io"
        );
        var ns = kind.IsClusterScoped ? "" : $", namespace: {parts.Groups["ns"].Value}";
        var more = parts.Groups["more"].Value is { Length: > 0 } extra ? $", {extra}" : "";
        var metadata = $"metadata: {{name: {parts.Groups["name"].Value}{ns}{more}}}";
        var head = $"apiVersion: {kind.ApiVersion(kind.Versions[0])}, kind: {kind.Name}, {metadata}";
        var content = parts.Groups["content"].Value;
        var status = parts.Groups["status"].Value is { Length: > 0 } told ? $", status: {told}" : "";
        return kind.IsWhole ? $"{{{head}{status}, {content[1..]}" : $"{{{head}{status}, spec: {content}}}";
    }

    [GeneratedRegex(
        @"^(?<kind>[\w.]+) ((?<ns>[\w-]+)/)?(?<name>[\w-]+) (\((?<more>.*?)\) )?(?<content>\{.*?\})( status (?<status>\{.*\}))?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Line();
}
