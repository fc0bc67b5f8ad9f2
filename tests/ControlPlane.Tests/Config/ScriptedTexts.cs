// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Sources;

namespace ControlPlane.Tests.Config;

/// <summary>Files that are what a test says.</summary>
internal sealed class ScriptedTexts : ITextSource
{
    private readonly List<TextChange> _pending = [];

    public event Action? Changed;

    /// <param name="text">Null: it is gone.</param>
    public void Put(string name, string? text)
    {
        _pending.Add(
            text is null ? new TextChange(name, null) : new TextChange(name, ResourceDecoder.Decode(name, text), text)
        );
        Changed?.Invoke();
    }

    /// <summary>It is there, and nobody may read it.</summary>
    public void PutUnreadable(string name)
    {
        _pending.Add(new TextChange(name, new DecodedText(isReadable: false)));
        Changed?.Invoke();
    }

    public Task StartAsync(CancellationToken stop) => Task.CompletedTask;

    public IReadOnlyList<TextChange> Take()
    {
        var taken = _pending.ToArray();
        _pending.Clear();
        return taken;
    }

    public Task RunAsync(CancellationToken stop) => Task.Delay(Timeout.Infinite, stop);

    public void Dispose() { }
}
