// SPDX-License-Identifier: Apache-2.0
using System.Xml.Linq;

namespace Shared.Tests.Repository;

/// <summary>The rooms and what each may depend on: ARCHITECTURE.md says it, the projects do it.</summary>
public sealed class ProjectTableTests
{
    private static readonly string[] s_shared = ["Core", "Protos", "Identity", "Xds", "Telemetry"];
    private static readonly string[] s_dataPlane = ["Http", "Net", "Proxy", "Agent", "ProxyHost"];

    [Fact]
    public void Every_project_reference_stands_in_the_table_of_ARCHITECTURE_md() =>
        Assert.Equal(Table().Select(Line), Projects().Select(Line));

    [Fact]
    public void The_planes_share_only_the_shared_rooms()
    {
        var crossings =
            from project in Projects()
            from target in project.References
            where !s_shared.Contains(target) && s_dataPlane.Contains(project.Name) != s_dataPlane.Contains(target)
            select $"{project.Name} refers to {target}";
        Assert.Empty(crossings);
    }

    [Fact]
    public void Every_room_of_the_table_has_its_paragraph()
    {
        var text = Checkout.Read("ARCHITECTURE.md");
        Assert.Empty(Table().Where(room => !text.Contains($"\n**{room.Name}**", StringComparison.Ordinal)).ToArray());
    }

    [Fact]
    public void Every_path_that_ARCHITECTURE_md_names_exists()
    {
        var paths = Checkout
            .Read("ARCHITECTURE.md")
            .Split('`')
            .Where(static (part, index) => index % 2 == 1 && part.Contains('/') && !part.Contains(' '))
            .Where(static part => char.IsAsciiLetter(part[0]));
        // Folders of the room that its paragraph speaks of stand there without it.
        string[] bases = ["", "src", "src/Lateen.Proxy"];
        Assert.Empty(
            paths.Where(path => !bases.Any(folder => Path.Exists(Path.Combine(Checkout.Root, folder, path)))).ToArray()
        );
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Checkout.Read("Lateen.slnx");
        var projects = new[] { "src", "tests", "bench", "fuzz", "samples" }.SelectMany(folder =>
            Checkout.Files(folder, "*.csproj")
        );
        Assert.Empty(
            projects.Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal)).ToArray()
        );
    }

    private static string Line(Room room) => $"{room.Name}: {string.Join(", ", room.References)}";

    /// <summary>Rows <c>| Name | References | … |</c> under the heading Rooms.</summary>
    private static IEnumerable<Room> Table() =>
        Checkout
            .Read("ARCHITECTURE.md")
            .Split('\n')
            .Where(static line => line.StartsWith("| Lateen.", StringComparison.Ordinal))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(static cells => new Room(
                cells[1]["Lateen.".Length..],
                cells[2].Split(',', StringSplitOptions.TrimEntries).Where(static name => name != "nothing").ToArray()
            ))
            .OrderBy(static room => room.Name, StringComparer.Ordinal);

    private static IEnumerable<Room> Projects() =>
        Checkout
            .Files("src", "*.csproj")
            .Select(static path => new Room(NameOf(path), References(path)))
            .OrderBy(static room => room.Name, StringComparer.Ordinal);

    private static string[] References(string project) =>
        XDocument
            .Parse(Checkout.Read(project))
            .Descendants("ProjectReference")
            .Select(static reference => NameOf(reference.Attribute("Include")!.Value))
            .Order(StringComparer.Ordinal)
            .ToArray();

    private static string NameOf(string project) => Path.GetFileNameWithoutExtension(project)["Lateen.".Length..];

    private sealed record Room(string Name, string[] References);
}
