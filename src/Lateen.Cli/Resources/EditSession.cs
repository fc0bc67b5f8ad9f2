// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Objects.Patches;
using Lateen.Core;

namespace Lateen.Cli.Resources;

/// <summary>One object in an editor, until it is in order or given up.</summary>
internal sealed class EditSession(ApiClient api, Editor editor, CommandConsole console, string manager)
{
    private const string Instructions = """
        # Lines that begin with # are left out. An empty file changes nothing. What is not in order opens again,
        # with the problems told here.
        #

        """;

    public async Task EditAsync(ResourceReference target, CancellationToken stop)
    {
        var original = ObjectPrinter.WithoutOwners(
            (await api.GetAsync(target.Path, stop).ConfigureAwait(false)).Object
        );
        using var scratch = new ScratchDirectory();
        var body = ObjectPrinter.Yaml(original);
        IReadOnlyList<string> problems = [];
        while (true)
        {
            var path = scratch.Write("edit", $"{target.Kind.Plural}-{target.Name}.yaml", Header(problems) + body);
            await editor.OpenAsync(path, stop).ConfigureAwait(false);
            var edited = WithoutComments(await File.ReadAllTextAsync(path, stop).ConfigureAwait(false));
            if (edited.Trim().Length == 0 || (problems.Count == 0 && edited == body))
            {
                await console.Error.WriteLineAsync("Edit cancelled, no changes made.").ConfigureAwait(false);
                return;
            }
            if (edited == body)
            {
                scratch.IsKept = true;
                throw new CommandFailure(
                    ExitCode.BadData,
                    $"nothing was changed, since {problems[0]}; what was edited is in {path}"
                );
            }
            body = edited;
            problems = await SaveAsync(target, original, edited, stop).ConfigureAwait(false);
            if (problems.Count == 0)
                return;
        }
    }

    /// <returns>What is wrong with it; nothing when it was saved.</returns>
    private async Task<IReadOnlyList<string>> SaveAsync(
        ResourceReference target,
        JsonObject original,
        string text,
        CancellationToken stop
    )
    {
        var unreadable = new List<Problem>();
        var documents = ObjectDocument.ReadAll("edit", text, unreadable);
        if (unreadable.Count > 0)
        {
            // The problems will stand above the text and move its lines down.
            var above = Header(new string[unreadable.Count]).Count(static c => c == '\n');
            return unreadable
                .Select(problem => $"line {problem.Where.Line + above}: {problem.Message} ({problem.Code})")
                .ToList();
        }
        if (documents is not [var edited])
            return ["the file must hold one object"];
        if (Identity(edited.Value) != Identity(original))
            return ["apiVersion, kind, name and namespace must stay as they are"];
        var patch = MergePatch.Between(original, edited.Value);
        if (patch.Count == 0)
        {
            await console.Error.WriteLineAsync("Edit cancelled, no changes made.").ConfigureAwait(false);
            return [];
        }
        var saved = await api.PatchAsync(
                target.With(("fieldManager", manager), ("fieldValidation", "Strict")),
                patch,
                ApiClient.MergePatch,
                stop
            )
            .ConfigureAwait(false);
        if (saved.IsSuccess)
        {
            await console.Output.WriteLineAsync($"{target.Display} edited").ConfigureAwait(false);
            return [];
        }
        if (saved.Code is not (400 or 422))
            throw saved.ToFailure();
        var causes = saved
            .Causes.Select(static cause => cause.Field.Length > 0 ? $"{cause.Field}: {cause.Message}" : cause.Message)
            .ToList();
        return causes.Count > 0 ? causes : [saved.Message];
    }

    private static string Identity(JsonObject item) =>
        string.Join(
            ' ',
            item.Text("apiVersion"),
            item.Text("kind"),
            item.Member("metadata").Text("namespace"),
            item.Member("metadata").Text("name")
        );

    private static string Header(IReadOnlyList<string?> problems)
    {
        var header = new StringBuilder(Instructions);
        foreach (var problem in problems)
        {
            foreach (var line in (problem ?? "").Split('\n'))
                header.Append("# ").Append(line).Append('\n');
        }
        return header.Append(problems.Count > 0 ? "#\n" : "").ToString();
    }

    private static string WithoutComments(string text) =>
        string.Concat(
                text.Split('\n')
                    .Where(static line => !line.StartsWith('#'))
                    .Select(static line => $"{line.TrimEnd('\r')}\n")
            )
            .TrimEnd('\n') + "\n";
}
