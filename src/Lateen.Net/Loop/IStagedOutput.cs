// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Loop;

/// <summary>Output that waits for its loop to have handled what has come, so that it leaves together with that of others.</summary>
internal interface IStagedOutput
{
    /// <summary>Encrypts it, where it leaves encrypted.</summary>
    void SealStaged();

    /// <summary>Sends it. Only what the kernel has no room for stays behind.</summary>
    void FlushStaged();
}
