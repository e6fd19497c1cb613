"""Commands of TeX and AMS-LaTeX that stand for a sign, without their backslashes."""

SIGNS = r"""
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi pi varpi rho
varrho sigma varsigma tau upsilon phi varphi chi psi omega digamma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi
Omega aleph beth gimel daleth hbar hslash ell Re Im wp imath jmath partial nabla infty emptyset varnothing forall exists
nexists neg top bot angle measuredangle sphericalangle triangle Box Diamond blacksquare square lozenge blacklozenge
bigstar flat natural sharp clubsuit diamondsuit heartsuit spadesuit prime backprime surd complement eth mho Finv Game
checkmark maltese circledR circledS dagger ddagger S P copyright pounds yen
pm mp times div ast star circ bullet cdot cap cup uplus sqcap sqcup vee wedge setminus smallsetminus wr diamond
bigtriangleup bigtriangledown triangleleft triangleright lhd rhd unlhd unrhd oplus ominus otimes oslash odot bigcirc
amalg dotplus Cap Cup barwedge veebar doublebarwedge boxminus boxtimes boxdot boxplus divideontimes ltimes rtimes
leftthreetimes rightthreetimes curlywedge curlyvee circleddash circledast circledcirc centerdot intercal
leq le geq ge equiv prec succ sim preceq succeq simeq ll gg asymp subset supset approx subseteq supseteq cong sqsubset
sqsupset neq ne sqsubseteq sqsupseteq doteq in ni notin propto vdash dashv models perp mid parallel bowtie smile frown
leqq leqslant eqslantless lesssim lessapprox approxeq lessdot lll lessgtr lesseqgtr doteqdot risingdotseq fallingdotseq
backsim backsimeq subseteqq Subset preccurlyeq curlyeqprec precsim trianglelefteq vDash Vvdash bumpeq Bumpeq geqq
geqslant gtrsim gtrapprox gtrdot ggg gtrless gtreqless eqcirc circeq triangleq thicksim thickapprox supseteqq Supset
succcurlyeq curlyeqsucc succsim trianglerighteq Vdash between pitchfork therefore because nless ngtr nleq ngeq nsim
ncong nmid nparallel nvdash nvDash nsubseteq nsupseteq subsetneq supsetneq ntriangleleft ntriangleright
leftarrow rightarrow to gets leftrightarrow uparrow downarrow updownarrow Leftarrow Rightarrow Leftrightarrow Uparrow
Downarrow Updownarrow mapsto longmapsto longleftarrow longrightarrow longleftrightarrow Longleftarrow Longrightarrow
Longleftrightarrow iff implies impliedby hookleftarrow hookrightarrow leftharpoonup leftharpoondown rightharpoonup
rightharpoondown rightleftharpoons leftrightharpoons nearrow searrow swarrow nwarrow leadsto dashrightarrow
dashleftarrow leftleftarrows rightrightarrows leftrightarrows rightleftarrows twoheadleftarrow twoheadrightarrow
leftarrowtail rightarrowtail curvearrowleft curvearrowright circlearrowleft circlearrowright multimap upuparrows
downdownarrows upharpoonleft upharpoonright downharpoonleft downharpoonright rightsquigarrow nleftarrow nrightarrow
nLeftarrow nRightarrow
sum prod coprod int iint iiint oint bigcap bigcup bigsqcup bigvee bigwedge bigodot bigotimes bigoplus biguplus
ldots cdots vdots ddots dots lfloor rfloor lceil rceil langle rangle lvert rvert lVert rVert backslash
"""
