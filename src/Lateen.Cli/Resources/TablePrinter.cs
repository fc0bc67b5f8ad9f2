// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Cli.Resources;

/// <summary>Writes the API's Tables as kubectl does. Later rows, as those of a watch, stand below the columns of the first ones.</summary>
/// <param name="prefix">In front of names, where several kinds are shown.</param>
internal sealed class TablePrinter(TableOptions options, string prefix, TextWriter output)
{
    private const int Gap = 3;

    private JsonArray _columns = [];
    private int[] _widths = [];
    private bool _hasHeadings;

    /// <param name="tables">Pages; the first one names the columns.</param>
    public void Write(IReadOnlyList<JsonObject> tables)
    {
        if (tables[0].Member("columnDefinitions") is JsonArray { Count: > 0 } columns)
            _columns = columns;
        var rows = tables.SelectMany(static table => table.Member("rows").Items()).Select(Cells).ToList();
        if (rows.Count == 0)
            return;
        if (!_hasHeadings && !options.HasNoHeadings)
            rows.Insert(0, Headings());
        _hasHeadings = true;
        if (_widths.Length == 0)
            _widths = new int[rows[0].Length];
        for (var column = 0; column < _widths.Length; column++)
            _widths[column] = Math.Max(_widths[column], rows.Max(row => row[column].Length) + Gap);
        foreach (var row in rows)
            output.WriteLine(string.Concat(row.Select((cell, column) => cell.PadRight(_widths[column]))).TrimEnd());
    }

    private IEnumerable<int> Shown =>
        Enumerable
            .Range(0, _columns.Count)
            .Where(i => options.IsWide || _columns[i].Member("priority").AsNumber() is null or 0);

    private string[] Headings() =>
        [
            .. options.HasNamespaces ? ["NAMESPACE"] : Array.Empty<string>(),
            .. Shown.Select(i => (_columns[i].Text("name") ?? "").ToUpperInvariant()),
            .. options.HasLabels ? ["LABELS"] : Array.Empty<string>(),
        ];

    private string[] Cells(JsonNode? row)
    {
        var cells = row.Member("cells") as JsonArray ?? [];
        var metadata = row.Member("object").Member("metadata");
        return
        [
            .. options.HasNamespaces ? [metadata.Text("namespace") ?? ""] : Array.Empty<string>(),
            .. Shown.Select(i => (i == 0 ? prefix : "") + (i < cells.Count ? Text(cells[i]) : "")),
            .. options.HasLabels ? [Labels(metadata.Member("labels"))] : Array.Empty<string>(),
        ];
    }

    private static string Text(JsonNode? cell) =>
        cell is null ? ""
        : cell.GetValueKind() == JsonValueKind.String ? cell.GetValue<string>().ReplaceLineEndings(" ")
        : cell.ToJsonString(ObjectPrinter.Compact);

    private static string Labels(JsonNode? labels) =>
        labels is JsonObject { Count: > 0 } map
            ? string.Join(',', map.Select(static label => $"{label.Key}={label.Value.AsText()}"))
            : "<none>";
}

/// <summary>Which columns a table shows.</summary>
internal sealed record TableOptions(bool IsWide, bool HasNamespaces, bool HasLabels, bool HasNoHeadings);
