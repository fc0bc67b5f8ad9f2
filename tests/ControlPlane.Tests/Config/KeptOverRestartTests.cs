// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Sources;
using Lateen.Core;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Config;

/// <summary>What is in force stays so when the process ends and another one starts while texts have errors.</summary>
public sealed class KeptOverRestartTests : IDisposable
{
    private readonly KeptTexts _kept = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-11-24T00:11:29Z"));
    private readonly Dictionary<string, string?> _files = [];
    private readonly List<Problem> _told = [];
    private ScriptedTexts _texts = new();
    private ConfigSource? _source;

    /// <summary>Steps: <c>FILE: A1 B2</c> writes a file with services in a version each, <c>!</c> behind one is a mistake in it, <c>{</c> breaks the file off, <c>-</c> removes it, <c>?</c> makes it unreadable; <c>restart</c>. What is in force at the end.</summary>
    public static TheoryData<string[], string> Steps =>
        new()
        {
            { ["f: A1", "f: A2!", "restart"], "A1" },
            { ["f: A1", "f: {", "restart"], "A1" },
            { ["f: A1", "f: ?", "restart"], "A1" },
            // Nobody ran when it was broken.
            { ["f: A1", "restart", "restart", "down", "f: A2!", "restart"], "A1" },
            { ["f: A1", "down", "f: {", "restart"], "A1" },
            { ["f: A1", "down", "f: ?", "restart"], "A1" },
            // Again and again.
            { ["f: A1", "f: A2!", "restart", "restart", "f: A3!", "restart"], "A1" },
            { ["f: A1", "f: ?", "restart", "f: A2!", "restart"], "A1" },
            // Each resource has its own version.
            { ["f: A1 B1", "f: A2 B2!", "restart"], "A2 B1" },
            { ["f: A1 B1", "f: A2 B2!", "f: A3! B3", "restart"], "A2 B3" },
            { ["f: A1 B1", "f: A2 B2!", "f: A3 B3! {", "restart"], "A3 B1" },
            { ["f: A1 B1", "f: A2 B2!", "down", "f: {", "restart"], "A2 B1" },
            { ["f: A1 B1", "g: C1", "f: A2! {", "g: C2", "restart"], "A1 B1 C2" },
            // Gone is gone, also while nobody ran, and does not come back.
            { ["f: A1 B1", "f: A2! B1", "f: A3!", "restart"], "A1" },
            { ["f: A1 B1", "down", "f: A3!", "restart"], "A1" },
            { ["f: A1", "g: B1", "f: A2!", "f: -", "restart", "f: A3!", "restart"], "B1" },
            { ["f: A1", "g: B1", "down", "f: -", "restart", "down", "f: A3!", "restart"], "B1" },
            // What was never good, or what is whole again.
            { ["f: A1!", "restart"], "" },
            { ["f: A1", "f: A2!", "f: A3", "restart"], "A3" },
            { ["f: A1", "f: A2!", "restart", "f: A3", "restart"], "A3" },
            { ["f: A1", "f: A2!", "down", "f: A3", "restart", "f: A4!", "restart"], "A3" },
            { ["f: A1", "f: A2!", "restart", "f: A1", "f: A2!", "restart"], "A1" },
            // Of two that define it, the first one counts, in whatever state it is.
            { ["f: A1", "g: A2", "f: A3!", "restart"], "A1" },
            { ["f: A1", "g: A2", "g: A3!", "restart"], "A1" },
        };

    [Theory]
    [MemberData(nameof(Steps))]
    public void What_is_in_force_stays_over_a_restart(string[] steps, string inForce)
    {
        Start();
        foreach (var step in steps)
            Do(step);
        Assert.Equal(inForce, InForce(_source!));
    }

    [Fact]
    public void It_is_told_which_text_since_when_what_is_wrong_and_what_to_do_for_as_long_as_it_is_so()
    {
        Start();
        Do("f: A1 B1");
        _time.Advance(TimeSpan.FromHours(1));
        Do("f: A2! B2!");
        Assert.DoesNotContain(_told, IsKept);
        Do("restart");
        Assert.Equal(["f"], _source!.Restored);
        var told = Assert.Single(_told, IsKept);
        Assert.Equal(Severity.Warning, told.Severity);
        Assert.Equal(
            "f: Service default/a and 1 more: stays in force as it was good at 2026-11-24T00:11:29Z, over a restart: "
                + "f:1:61: Service default/a, spec.nobodyKnows: there is no such field; remove it (LT0105); "
                + "correct that; until then nothing else of it comes into force (LT0113)",
            told.ToString()
        );
        Do("f: A3 B3!");
        Assert.StartsWith(
            "Service default/b",
            Assert.Single(_source.Current.Problems, IsKept).Subject,
            StringComparison.Ordinal
        );
        Do("f: A3 B3");
        Assert.Empty(_source.Current.Problems);
        Assert.Empty(_source.Restored);
        // An error after that is one of this process.
        Do("f: A3 B4!");
        Assert.DoesNotContain(_source.Current.Problems, IsKept);
    }

    [Fact]
    public void A_disk_that_takes_nothing_is_told_once_and_changes_nothing_else()
    {
        Start();
        _kept.IsFull = true;
        Do("f: A1");
        Do("f: A2");
        Assert.Equal("A2", InForce(_source!));
        var told = Assert.Single(_told, static problem => problem.Code == "LT0114");
        Assert.Contains("no space left on device", told.Message, StringComparison.Ordinal);
        // When it does again, all that waited is kept.
        _kept.IsFull = false;
        Do("g: B1");
        Do("down");
        Do("f: A3!");
        Do("g: B2!");
        Do("restart");
        Assert.Equal("A2 B1", InForce(_source!));
    }

    [Fact]
    public void What_was_damaged_is_told_and_everything_else_goes_on()
    {
        Start();
        Do("f: A1");
        Do("g: B1");
        _kept.Damage("f");
        Assert.Single(_told, static problem => problem.Code == "LT0115");
        Do("f: A2!");
        Do("g: B2!");
        Assert.Equal("A1 B1", InForce(_source!));
        Do("restart");
        Assert.Equal("B1", InForce(_source!));
    }

    [Fact]
    public void After_any_changes_a_process_that_starts_has_in_force_what_one_had_that_never_ended()
    {
        var held = 0;
        for (var seed = 0; seed < 100; seed++)
        {
            var (random, when) = (new RandomChanges(seed, withFaults: true), new Random(seed));
            using var kept = new KeptTexts();
            var texts = new ScriptedTexts();
            using var lasting = new ConfigSource(texts);
            var all = new Dictionary<string, string?>();
            var (own, process) = Process(kept);
            for (var step = 0; step < 25; step++)
            {
                var isDown = when.Next(3) == 0;
                if (isDown)
                    process.Dispose();
                foreach (var (name, text) in random.Next())
                {
                    // No two texts define the same, and no reference is an error.
                    var said = text
                        ?.Replace("namespace: ", $"namespace: {name[..1]}{name[^1]}-", StringComparison.Ordinal)
                        .Replace(", subset: ", ", port: {number: 1}, x", StringComparison.Ordinal);
                    all[name] = said;
                    texts.Put(name, said);
                    if (!isDown)
                        own.Put(name, said);
                }
                lasting.Load();
                if (isDown)
                {
                    (own, process) = Process(kept);
                    foreach (var (name, text) in all.Where(static one => one.Value is not null))
                        own.Put(name, text);
                }
                process.Load();
                process.Load();
                Assert.Equal((seed, step, Lines(lasting)), (seed, step, Lines(process)));
                held += process.Restored.Count;
            }
            process.Dispose();
        }
        Assert.True(held > 100, $"{held} texts were held over a restart");
    }

    public void Dispose()
    {
        _source?.Dispose();
        _kept.Dispose();
    }

    private static bool IsKept(Problem problem) => problem.Code == "LT0113";

    private static (ScriptedTexts Texts, ConfigSource Process) Process(KeptTexts kept)
    {
        var texts = new ScriptedTexts();
        return (texts, new ConfigSource([texts], new LastGoodTexts(kept, "", TimeProvider.System)));
    }

    private static string Lines(ConfigSource source) =>
        string.Join(
            '\n',
            source.Current.Resources.Select(static one => $"{one.Key} {one.At} {one.Metadata.Labels["text"]}")
        );

    private void Start()
    {
        _source?.Dispose();
        _texts = new ScriptedTexts();
        _source = new ConfigSource([_texts], new LastGoodTexts(_kept, "", _time));
        _source.Changed += (_, problems) => _told.AddRange(problems);
        foreach (var (name, text) in _files)
            Put(name, text);
        Load();
    }

    private void Do(string step)
    {
        if (step == "restart")
        {
            Start();
            return;
        }
        if (step == "down")
        {
            _source!.Dispose();
            _source = null;
            return;
        }
        var (name, said) = (step[..1], step[3..]);
        _files[name] =
            said == "-" ? null
            : said == "?" ? said
            : string.Join("\n---\n", said.Split(' ').Select(Document));
        if (_source is null)
            return;
        Put(name, _files[name]);
        Load();
    }

    private void Put(string name, string? text)
    {
        if (text == "?")
            _texts.PutUnreadable(name);
        else if (text is not null || _source!.Current.Revision > 0)
            _texts.Put(name, text);
    }

    /// <summary>What is taken first is kept with what comes next.</summary>
    private void Load()
    {
        _source!.Load();
        _source.Load();
    }

    private static string Document(string word) =>
        word == "{"
            ? "{"
            : $"{{apiVersion: v1, kind: Service, metadata: {{name: {char.ToLowerInvariant(word[0])}}}, spec: {{{(word.EndsWith('!') ? "nobodyKnows: 1, " : "")}ports: [{{name: http, port: {word[1]}}}]}}}}";

    private static string InForce(ConfigSource source) =>
        string.Join(
            ' ',
            source
                .Current.Of<Lateen.Config.Kinds.Core.Service>()
                .Select(static one => $"{one.Name.ToUpperInvariant()}{one.Spec.Ports[0].Port}")
                .Order(StringComparer.Ordinal)
        );
}
