"""What a child process is told: a job, and what is asked of a class.

The parent writes them, the child reads them.
"""

from dataclasses import dataclass, field

from numpy import ndarray

CLASS_NAME = "TwoLayerMLP"


@dataclass(kw_only=True)
class Request:
    """What is asked of a class: make a network of it, and call that.

    Attributes
    ----------
    ask : str
        A key of ASK; its function says which of the attributes below it reads.
    seed : int
        Of the generator that the class draws from.
    skip : sequence of int
        Lengths of permutations that are drawn first.
    arguments : pair
        Positional and named arguments of the class.
    params : dict of ndarray, optional
        They replace those drawn.
    X, y, reg
        Arguments of ``loss``; X and y also those of ``train``.
    X_val, y_val : ndarray, optional
        The validation set of ``train``; X and y where there is none.
    settings : dict
        The other arguments of ``train``.
    repeats : pair of int
        How many times the examples are repeated in two calls.
    file : str
        Path of the images of MNIST.
    parts : dict of pairs
        Bounds of the training and of the validation set in it, "train" and "val".
    predict : bool
        Whether the labels of all images are asked for.
    points : dict of ndarray, optional
        Parameters of many networks, one after the other along the first axis.
    helped_by : str, optional
        A key of HELP: what a training is tried with, as its own may be wrong.
    """

    ask: str
    seed: int
    arguments: tuple
    skip: tuple = ()
    params: dict | None = None
    X: ndarray | None = None
    y: ndarray | None = None
    X_val: ndarray | None = None
    y_val: ndarray | None = None
    reg: float | None = None
    settings: dict | None = None
    repeats: tuple | None = None
    file: str | None = None
    parts: dict | None = None
    predict: bool = False
    points: dict | None = None
    helped_by: str | None = None


@dataclass(kw_only=True)
class Job:
    """What a child process is to do.

    Attributes
    ----------
    task : str
        ``"ask"``: put the requests to a hand-in; ``"transcribe"``: run a notebook, and
        write down its answers to the questions; ``"grade"``: grade such answers;
        ``"prove"``: prove the gradients of a hand-in.
    path : list of str
        The child's ``sys.path``; where a hand-in is loaded, that of the hand-in.
    book : list of str
        What comes before it until a hand-in is loaded to be proved.
    time_limit : float
        Seconds of CPU time.
    pickled : str
        The class of the hand-in; or, if it is empty, the next four make it.
    cells : list of pairs
        Name and source of what is run: a file, or what is needed of a notebook.
    whole : list of pairs
        The same of all cells of a notebook, which are run if the first do not do.
    written : dict
        Name and text of modules that a notebook writes before it imports them.
    left_out : list of str
        What is not run of a notebook, in a sentence each.
    beside : list of str
        Folders with modules of a hand-in, where `path` has the book's.
    grader : str
        The grader's folder.
    module : str
        The name under which the class finds itself.
    file : str
        Path of the hand-in.
    hide_mlp : bool
        Whether ``import mlp`` has to fail.
    requests : list of Request
    questions : list of str
    answers : list of pairs
        Question and what `transcript.write_answer` made of the answer.
    proof_time : float
        Seconds for a proof.
    """

    task: str
    path: list
    book: list = field(default_factory=list)
    time_limit: float = 60
    pickled: str = ""
    cells: list = field(default_factory=list)
    whole: list = field(default_factory=list)
    written: dict = field(default_factory=dict)
    left_out: list = field(default_factory=list)
    beside: list = field(default_factory=list)
    grader: str = ""
    module: str = "hand_in"
    file: str = ""
    hide_mlp: bool = False
    requests: list = field(default_factory=list)
    questions: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    proof_time: float = 0
